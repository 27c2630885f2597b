//! A peer's reading thread: the handshake, then its frames.

use std::sync::Arc;

use mainstay_link::handshake::{self, PATIENCE, Role};
use mainstay_link::{LinkError, Stream};
use mainstay_protocol::frame::{ErrorCode, FromHost, Refusal, ToHost, Welcome};

use super::requests::Requests;
use super::writer;
use crate::hub::PeerId;
use crate::run::Host;

/// Serves one peer until it leaves or breaks the rules.
pub(super) fn serve(host: &Arc<Host>, stream: &Stream) -> Result<(), LinkError> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut write = stream.try_clone()?;
    let read = stream.try_clone()?;
    let mut peer = handshake::accept(read, &mut write, &host.tokens)?;
    let welcome = Welcome {
        session: host.spec.session.clone(),
        run: host.spec.run.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        host_pid: std::process::id(),
        journal: host.hub.last_seq(),
        state: host.state(),
    };
    handshake::send(&mut write, &FromHost::Welcome(Box::new(welcome)))?;
    stream.set_read_timeout(None)?;
    stream.set_write_timeout(None)?;
    tracing::debug!(client = peer.client, role = ?peer.role, "a peer came");

    let id = host.hub.join(stream.try_clone().ok());
    let leave = Leave { host, id, stream };
    writer::start(host, id, write).map_err(LinkError::Io)?;
    let mut requests = Requests::new(host, id, peer.role);
    loop {
        let frame = peer
            .frames
            .next(|kind, payload| Ok(ToHost::decode(kind, payload)?))?;
        // A peer that only asks whether we are there wants nothing more.
        if !matches!(frame, ToHost::Ping(_)) {
            host.peer_is_active();
        }
        if peer.role == Role::Inside && !is_allowed_inside(&frame) {
            let refusal = Refusal {
                code: ErrorCode::Denied,
                message: "a program inside the session may only make requests".to_owned(),
            };
            host.hub.send(id, &FromHost::Refused(refusal.clone()));
            drop(leave);
            return Err(LinkError::Refused(refusal));
        }
        act(host, id, frame, &mut requests);
        if !host.hub.has_room(id) {
            return Err(LinkError::Closed);
        }
    }
}

fn is_allowed_inside(frame: &ToHost) -> bool {
    matches!(
        frame,
        ToHost::Request(_) | ToHost::Cancel(_) | ToHost::Ping(_) | ToHost::Unknown(_)
    )
}

fn act(host: &Arc<Host>, id: PeerId, frame: ToHost, requests: &mut Requests) {
    match frame {
        ToHost::OpenView(open) => {
            host.hub.open_view(id, &open);
            host.fit_size();
            host.is_watched();
        }
        ToHost::AckView(position) => host.hub.ack_view(id, position),
        ToHost::CloseView => {
            host.hub.close_view(id);
            host.fit_size();
        }
        ToHost::Input(bytes) => {
            host.hub.touch(id);
            host.fit_size();
            host.type_in(id, &bytes);
        }
        ToHost::Wish(size) => {
            host.hub.wish(id, size);
            host.fit_size();
        }
        ToHost::Focus(true) => {
            host.hub.touch(id);
            host.fit_size();
        }
        ToHost::Request(request) => requests.take(request),
        ToHost::Cancel(request) => requests.cancel(request),
        ToHost::OpenJournal(after) => host.hub.open_journal(id, after),
        ToHost::AckJournal(seq) => host.journal_acked(seq),
        ToHost::Follow(every_ms) => host.hub.follow(id, every_ms),
        ToHost::Ping(number) => host.hub.send(id, &FromHost::Pong(number)),
        // Only the one that gains it matters; a second introduction says nothing new; unknown kinds are ignored.
        ToHost::Focus(false) | ToHost::Hello(_) | ToHost::Unknown(_) => {}
    }
}

/// Takes the peer out of the hub and ends its connection, however its thread ends.
struct Leave<'a> {
    host: &'a Arc<Host>,
    id: PeerId,
    stream: &'a Stream,
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        if self.host.hub.leave(self.id) {
            self.host.fit_size();
        }
        self.stream.shutdown();
    }
}
