//! The first exchange of a connection, for both sides.
//!
//! Both sides send a preface at once and settle on the newest version that both speak. The peer then says who it is
//! (`Hello`, with a token), the host answers `Welcome` or `Refused`. A host gives the first exchange [`PATIENCE`], so that
//! something that connects and says nothing holds nothing.

use std::io::{self, Read, Write};
use std::time::Duration;

use mainstay_protocol::frame::{
    ErrorCode, FromHost, Hello, Preface, PrefaceError, Refusal, ToHost, Welcome,
};
use subtle::ConstantTimeEq as _;

use crate::error::LinkError;
use crate::framed::FrameReader;

/// Longest wait for the other side's next word during the first exchange. The same as VS Code's for its host of terminals.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// What a peer may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything: it had the host's own token.
    Owner,
    /// What a program inside the session may do: it had the session's token.
    Inside,
}

/// The tokens a host accepts. An empty one is never accepted.
#[derive(Clone)]
pub struct Tokens {
    /// Gives [`Role::Owner`].
    pub owner: String,
    /// Gives [`Role::Inside`].
    pub inside: String,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(…)")
    }
}

impl Tokens {
    /// The role that a token gives. Takes the same time whatever the token is.
    #[must_use]
    pub fn role(&self, token: &str) -> Option<Role> {
        let same =
            |ours: &str| !ours.is_empty() && bool::from(ours.as_bytes().ct_eq(token.as_bytes()));
        let (owner, inside) = (same(&self.owner), same(&self.inside));
        match (owner, inside) {
            (true, _) => Some(Role::Owner),
            (false, true) => Some(Role::Inside),
            (false, false) => None,
        }
    }
}

/// A peer that a host has let in and not yet welcomed.
#[derive(Debug)]
pub struct Peer<R> {
    /// What it may do.
    pub role: Role,
    /// Name and version it gave of itself, cleaned, at most 64 characters.
    pub client: String,
    /// The protocol version both sides speak.
    pub version: u16,
    /// Where its frames come from.
    pub frames: FrameReader<R>,
}

/// The host's side: exchanges prefaces and finds out who is there. The caller sends the `Welcome`.
///
/// A peer whose token is wrong is told so before the error comes back.
///
/// # Errors
/// [`LinkError::Preface`], [`LinkError::Refused`] with what the peer was told, or what broke the connection.
pub fn accept<R: Read, W: Write>(
    mut read: R,
    write: &mut W,
    tokens: &Tokens,
) -> Result<Peer<R>, LinkError> {
    let version = prefaces(&mut read, write)?;
    let mut frames = FrameReader::new(read);
    let first = frames
        .next(|kind, payload| Ok(ToHost::decode(kind, payload)?))
        .map_err(silent)?;
    let ToHost::Hello(hello) = first else {
        return Err(LinkError::OutOfTurn {
            found: format!("{first:.60?}"),
            expected: "Hello",
        });
    };
    let Some(role) = tokens.role(&hello.token) else {
        let refusal = Refusal {
            code: ErrorCode::Denied,
            message: "the token is not one of this session; use the one in the run's folder"
                .to_owned(),
        };
        send(write, &FromHost::Refused(refusal.clone()))?;
        return Err(LinkError::Refused(refusal));
    };
    Ok(Peer {
        role,
        client: mainstay_protocol::text::cleaned(&hello.client, 64),
        version,
        frames,
    })
}

/// The peer's side: exchanges prefaces, says who it is, and waits to be let in.
///
/// # Errors
/// [`LinkError::Refused`] with the host's words, [`LinkError::Silent`] if it says nothing, or what broke the connection.
pub fn introduce<R: Read, W: Write>(
    mut read: R,
    write: &mut W,
    hello: Hello,
) -> Result<(FrameReader<R>, Welcome), LinkError> {
    prefaces(&mut read, write)?;
    let mut bytes = Vec::new();
    ToHost::Hello(hello).encode(&mut bytes)?;
    write.write_all(&bytes)?;
    write.flush()?;
    let mut frames = FrameReader::new(read);
    let answer = frames
        .next(|kind, payload| Ok(FromHost::decode(kind, payload)?))
        .map_err(silent)?;
    match answer {
        FromHost::Welcome(welcome) => Ok((frames, *welcome)),
        FromHost::Refused(refusal) => Err(LinkError::Refused(refusal)),
        other => Err(LinkError::OutOfTurn {
            found: format!("{other:.60?}"),
            expected: "Welcome",
        }),
    }
}

/// Sends one frame of a host.
///
/// # Errors
/// What broke the connection.
pub fn send<W: Write>(write: &mut W, frame: &FromHost) -> Result<(), LinkError> {
    let mut bytes = Vec::new();
    frame.encode(&mut bytes)?;
    write.write_all(&bytes)?;
    Ok(write.flush()?)
}

fn prefaces<R: Read, W: Write>(read: &mut R, write: &mut W) -> Result<u16, LinkError> {
    write.write_all(&Preface::OURS.encode())?;
    write.flush()?;
    let mut theirs = [0; Preface::LEN];
    read.read_exact(&mut theirs)
        .map_err(|error| match error.kind() {
            // Too few bytes are not a preface either, and more telling than "closed".
            io::ErrorKind::UnexpectedEof if theirs.first().is_some_and(|&byte| byte != 0) => {
                LinkError::Preface(PrefaceError::NotMainstay)
            }
            _ => silent(error.into()),
        })?;
    Ok(Preface::OURS.settle(Preface::decode(&theirs)?)?)
}

/// A read timeout in words.
fn silent(error: LinkError) -> LinkError {
    match error {
        LinkError::Io(error)
            if matches!(
                error.kind(),
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
            ) =>
        {
            LinkError::Silent { after: PATIENCE }
        }
        other => other,
    }
}
