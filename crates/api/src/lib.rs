//! The manager over a local socket: HTTP routes and the client that the command line uses.
//!
//! * [`serve`]: holding a manager: starting it, listening, closing in order.
//! * [`client`]: asking it; starting one where none runs.
//! * [`wire`]: what goes over the socket beside the types of [`mainstay_protocol`].
//! * `server` and `routes`: how requests are answered.
//! * `local`: the socket. `token`: what every request must show. `lock`: waiting for a lock.
//!
//! # The routes of version 1
//!
//! `{ref}` is an id, a name, or a beginning of an id that no other session has; answers have whole ids. Errors are problem
//! details (RFC 9457) with a `code` that is never renamed.
//!
//! | request | does |
//! | --- | --- |
//! | `GET /v1/version`, `GET /v1/health` | who the manager is, and how |
//! | `POST /v1/manager/yield` `{"for": "app"}` | closes it so that another one can take over |
//! | `POST /v1/manager/stop-all` | ends all runs |
//! | `POST /v1/sessions` | makes a session and starts it |
//! | `GET /v1/sessions?status=&project=&profile=&environment=&text=&deleted=&sort=&order=&limit=&after=` | a page of them |
//! | `GET`, `PATCH`, `DELETE /v1/sessions/{ref}` | shows, changes, deletes (`?force=&keep_workspace=`) one; what isn't there is deleted |
//! | `POST /v1/sessions/{ref}/stop`, `pause`, `unpause`, `resume`, `again`, `duplicate` | its runs |
//! | `POST /v1/sessions/{ref}/input`, `resize`, `purge` | its terminal; input is `application/octet-stream` or `{"text": …}` |
//! | `GET /v1/sessions/{ref}/runs` | its runs so far |
//! | `GET /v1/events?since=&limit=&session=&run=&type=` | entries of the event log |
//! | `GET /v1/events/counts?from=&to=` | how many there were by hour and type |
//! | `GET /v1/events/stream?since=&session=&run=&type=` | the log as it grows: server-sent events |
//! | `GET`, `PUT /v1/foreground` | what the person looks at |
//! | `GET /v1/profiles`, `GET`, `PATCH /v1/settings`, `POST /v1/environment/refresh` | how sessions are run |

#![forbid(unsafe_code)]

pub mod client;
pub mod failpoints;
mod local;
mod lock;
mod routes;
pub mod serve;
mod server;
mod token;
pub mod wire;
