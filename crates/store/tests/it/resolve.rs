//! From what a person types to a session.

use mainstay_protocol::SessionId;
use mainstay_store::ResolveError;

use crate::support::{NOON, insert, session, session_id, store};

#[test]
fn an_id_then_a_name_then_the_beginning_of_an_id() {
    let (_ground, store) = store();
    let named = |id: &str, name: &str| {
        let mut row = session(id);
        row.session.name = Some(name.to_owned());
        row
    };
    let mut deleted = named("gone", "old");
    deleted.session.deleted = Some(NOON);
    insert(
        &store,
        [
            named("abc", "abd"),
            named("abd", "twin"),
            named("xyz", "twin"),
            named("z9", "ab"),
            deleted,
        ],
    );
    let resolve = |text: &str| store.read(|read| Ok(read.resolve(text))).expect("read");
    let found = |id: &str| -> Result<SessionId, ResolveError> { Ok(session_id(id)) };
    assert_eq!(resolve("abd"), found("abd"), "an id goes before a name");
    assert_eq!(
        resolve("ab"),
        found("z9"),
        "a name before the beginning of an id"
    );
    assert_eq!(resolve("x"), found("xyz"), "the beginning of one id");
    assert_eq!(resolve("gone"), found("gone"), "a deleted one by its id");
    for none in ["gon", "old", "", "Ab", "%", "a b", "\u{10ffff}"] {
        let unknown = ResolveError::Unknown {
            text: none.to_owned(),
        };
        assert_eq!(resolve(none), Err(unknown), "{none:?}");
    }
    let candidates = |text: &str| match resolve(text) {
        Err(ResolveError::Ambiguous { candidates, .. }) => candidates,
        other => panic!("{other:?}"),
    };
    assert_eq!(candidates("twin"), [session_id("abd"), session_id("xyz")]);
    let words = resolve("twin").expect_err("two").to_string();
    assert_eq!(
        words,
        "\"twin\" may be any of abd, xyz; give more of the id"
    );
}
