//! Brings what the manager stored into the feed.

use std::time::Duration;

use mainstay_manager::Subscription;

use super::state::Shared;

/// After a store that could not be read, the pause before the next attempt.
const PAUSE: Duration = Duration::from_secs(1);

/// Follows the event log until the manager closes.
pub(crate) async fn pump(shared: Shared, mut subscription: Subscription) {
    // Something may have come between the look at the newest number and the subscription.
    subscription = take_all(&shared, subscription).await;
    while subscription.woken().await {
        subscription = take_all(&shared, subscription).await;
    }
    shared.feed.end();
}

/// Takes over everything that is there by now. A store that can't be read is asked again until the manager closes.
async fn take_all(shared: &Shared, mut subscription: Subscription) -> Subscription {
    loop {
        let (position, log_id) = (subscription.position(), subscription.log_id().to_owned());
        let read = tokio::task::spawn_blocking(move || {
            let events = subscription.read();
            (subscription, events)
        });
        let Ok((given_back, events)) = read.await else {
            tracing::error!("reading new events did not end well");
            return shared.manager.subscribe(position);
        };
        subscription = given_back;
        if subscription.log_id() != log_id {
            // The database was lost and made again under the running manager: numbers begin again.
            shared.feed.begin_anew(0);
        }
        match events {
            Ok(events) if events.is_empty() => return subscription,
            Ok(events) => shared.feed.push(events),
            Err(_) if shared.manager.is_closing() => return subscription,
            Err(problem) => {
                tracing::warn!(%problem, "new events can't be read");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
