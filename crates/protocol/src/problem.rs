//! Errors as the manager's clients get them: problem details (RFC 9457, <https://www.rfc-editor.org/rfc/rfc9457>).

use serde::{Deserialize, Serialize};

/// Why the manager did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    /// For programs: stable.
    pub code: Code,
    /// The HTTP status.
    pub status: u16,
    /// The code in words.
    pub title: String,
    /// For people: what was wrong and what to do.
    pub detail: String,
    /// The field of the request that is wrong, where one is (`cwd`, `env.PATH`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The session it is about, where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<crate::SessionId>,
}

impl Problem {
    /// A problem with its code's status and title.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            status: code.status(),
            title: code.title().to_owned(),
            detail: detail.into(),
            field: None,
            session: None,
        }
    }

    /// The same, about a field of the request.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same, about a session.
    #[must_use]
    pub fn of(mut self, session: &crate::SessionId) -> Self {
        self.session = Some(session.clone());
        self
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $status:literal, $title:literal;)*) => {
        /// Errors as programs tell them apart. Codes are never renamed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Code {
            $($(#[$doc])* $name,)*
            /// A code that this version doesn't know.
            #[serde(other)]
            Unknown,
        }

        impl Code {
            /// All that are known.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The HTTP status that goes with it.
            #[must_use]
            pub fn status(self) -> u16 {
                match self {
                    $(Self::$name => $status,)*
                    Self::Unknown => 500,
                }
            }

            /// The code in words.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)*
                    Self::Unknown => "Unknown problem",
                }
            }
        }
    };
}

codes! {
    /// No session has this id or name.
    UnknownSession = 404, "No such session";
    /// Several sessions are meant.
    AmbiguousSession = 409, "Several sessions fit";
    /// The id is taken.
    DuplicateId = 409, "The id is taken";
    /// The session's state does not allow this: it runs, or it doesn't.
    WrongState = 409, "Not in this state";
    /// The session was deleted.
    Deleted = 410, "The session was deleted";
    /// A field of the request is wrong.
    Invalid = 422, "Invalid request";
    /// The body is no JSON, or no JSON of this form.
    BadJson = 400, "The body can't be read";
    /// The profile isn't known.
    UnknownProfile = 422, "No such profile";
    /// The environment isn't known.
    UnknownEnvironment = 422, "No such environment";
    /// The folder isn't there or can't be entered.
    BadCwd = 422, "The folder can't be used";
    /// The program isn't there or can't be run.
    BadProgram = 422, "The program can't be run";
    /// The program couldn't be started.
    StartFailed = 500, "The session could not be started";
    /// The session's host doesn't answer.
    HostUnreachable = 502, "The session's host can't be reached";
    /// The database or a file says no.
    Storage = 507, "Mainstay's files can't be used";
    /// The token is missing or wrong.
    Denied = 401, "Not allowed";
    /// No window is open.
    NoWindow = 409, "No window is open";
    /// There is no such address in the API.
    UnknownRoute = 404, "No such address";
    /// Too much at once.
    Busy = 429, "Too much at once";
    /// The manager is closing.
    Closing = 503, "Mainstay is closing";
    /// Something else went wrong in the manager.
    Internal = 500, "Internal problem";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_reads_back() {
        let problem = Problem::new(Code::BadCwd, "the folder /x isn't there").at("cwd");
        let json = serde_json::to_value(&problem).expect("plain data");
        assert_eq!(json["code"], "bad_cwd");
        assert_eq!(json["status"], 422);
        let back: Problem = serde_json::from_value(json).expect("reads back");
        assert_eq!(back, problem);
        assert_eq!(back.to_string(), "the folder /x isn't there");
    }
}
