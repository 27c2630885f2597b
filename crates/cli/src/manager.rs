//! Reaching the manager. Where none runs, one is started in the background.

use std::ffi::OsString;
use std::io;

use mainstay_api::client::{Client, ClientError, Starter};
use mainstay_keep::PlaceError;
use mainstay_protocol::{Code, Problem};
use tokio::runtime::{Builder, Runtime};

use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// The variable that says where everything is kept.
const DATA_DIR: &str = "MAINSTAY_DATA_DIR";

/// Connects to the manager and does some work with it. Where nothing was ever started there is nothing to do: a name of
/// a folder that was mistyped must not bring a manager of its own to life.
pub(crate) fn talk<T>(
    context: &Context<'_>,
    work: impl AsyncFnOnce(Client) -> Result<T, Failure>,
) -> Result<T, Failure> {
    if !context.is_begun() {
        let path = context.places.data.clone();
        return Err(crate::session::storage(PlaceError::Missing { path }));
    }
    talk_or_begin(context, work)
}

/// The same, also where nothing was ever started.
pub(crate) fn talk_or_begin<T>(
    context: &Context<'_>,
    work: impl AsyncFnOnce(Client) -> Result<T, Failure>,
) -> Result<T, Failure> {
    block_on(async {
        let client = ensure(context).await?;
        work(client).await
    })
}

/// Does some asynchronous work to its end.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = runtime().map_err(|error| no_threads(&error))?;
    let done = runtime.block_on(work);
    // A thread of it may still wait for a lock; the result doesn't.
    runtime.shutdown_background();
    done
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
}

/// The manager that runs, or one that is started now.
pub(crate) async fn ensure(context: &Context<'_>) -> Result<Client, Failure> {
    let starter = starter(context)?;
    Client::ensure(&context.places, starter)
        .await
        .map_err(Failure::from)
}

fn starter(context: &Context<'_>) -> Result<Starter, Failure> {
    let program = (context.outside.program)().map_err(|error| {
        Failure::new(
            Exit::Failed,
            format_args!("this program doesn't find itself, so no manager can be started: {error}"),
        )
    })?;
    Ok(Starter {
        program,
        env: data_dir(context).into_iter().collect(),
    })
}

/// The variable that makes another program use the folder of `--data-dir`.
pub(crate) fn data_dir(context: &Context<'_>) -> Option<(OsString, OsString)> {
    let chosen = context.chosen.then(|| context.places.data.clone())?;
    Some((DATA_DIR.into(), chosen.into_os_string()))
}

fn no_threads(error: &io::Error) -> Failure {
    Failure::new(
        Exit::Failed,
        format_args!("no threads can be started: {error}"),
    )
}

/// What the manager answered, or that it can't be reached.
impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        match error.problem() {
            Some(problem) => Self::from(problem),
            None => Self::new(exit(&error), error),
        }
    }
}

fn exit(error: &ClientError) -> Exit {
    match error {
        ClientError::Token { .. } | ClientError::OtherUser { .. } | ClientError::Place(_) => {
            Exit::Storage
        }
        _ => Exit::Unreachable,
    }
}

impl From<&Problem> for Failure {
    fn from(problem: &Problem) -> Self {
        let mut message = problem.detail.clone();
        // A start that failed leaves a record to look at.
        if let Some(session) = problem
            .session
            .as_ref()
            .filter(|_| is_of_a_start(problem.code))
            && !message.contains(session.as_str())
        {
            message = format!("{message} (`mainstay show {session}` has the record)");
        }
        Self::new(problem.code.into(), message)
    }
}

fn is_of_a_start(code: Code) -> bool {
    matches!(
        code,
        Code::StartFailed | Code::BadCwd | Code::BadProgram | Code::Storage
    )
}
