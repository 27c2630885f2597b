//! Lists: conditions, order, pages.

use mainstay_protocol::Timestamp;
use mainstay_protocol::session::{Order, SessionQuery, SortBy, Status};
use mainstay_store::{SessionRow, Store, StoreError};

use crate::support::{insert, session, store};

fn ids(store: &Store, query: &SessionQuery) -> Vec<String> {
    let page = store.read(|read| read.sessions(query)).expect("a page");
    page.sessions
        .iter()
        .map(|session| session.id.to_string())
        .collect()
}

fn with(id: &str, change: impl FnOnce(&mut SessionRow)) -> SessionRow {
    let mut row = session(id);
    change(&mut row);
    row
}

#[test]
fn every_condition_must_hold() {
    let (_ground, store) = store();
    insert(
        &store,
        [
            with("a", |row| row.session.status = Status::Running),
            with("b", |row| row.session.project = "/q".to_owned()),
            with("c", |row| row.session.settings.profile = "agent".to_owned()),
            with("d", |row| row.session.environment = "box".to_owned()),
            with("e", |row| {
                row.session.name = Some("Überall".to_owned());
                row.session.status = Status::Failed;
            }),
            with("f", |row| row.session.deleted = Some(Timestamp(1))),
        ],
    );
    let all = SessionQuery {
        sort: SortBy::Name,
        order: Order::Ascending,
        ..SessionQuery::default()
    };
    let find = |change: &dyn Fn(&mut SessionQuery)| {
        let mut query = all.clone();
        change(&mut query);
        ids(&store, &query).concat()
    };
    assert_eq!(find(&|_| ()), "abcde", "not the deleted one");
    assert_eq!(
        find(&|query| query.deleted = true),
        "abcdfe",
        "that one too"
    );
    let states = vec![Status::Failed, Status::Running, Status::Failed];
    assert_eq!(find(&|query| query.status = states.clone()), "ae");
    assert_eq!(find(&|query| query.project = Some("/q".to_owned())), "b");
    assert_eq!(find(&|query| query.profile = Some("agent".to_owned())), "c");
    assert_eq!(
        find(&|query| query.environment = Some("box".to_owned())),
        "d"
    );
    assert_eq!(find(&|query| query.text = Some("ÜBER".to_owned())), "e");
    assert_eq!(
        find(&|query| query.text = Some("htop -D".to_owned())),
        "abcde",
        "the command"
    );
    assert_eq!(
        find(&|query| query.text = Some("/HOME/a".to_owned())),
        "abcde",
        "the folder"
    );
    assert_eq!(
        find(&|query| query.text = Some("ahtop".to_owned())),
        "",
        "not across two"
    );
    assert_eq!(
        find(&|query| query.text = Some("%_*".to_owned())),
        "",
        "no patterns"
    );
    assert_eq!(find(&|query| query.text = Some(String::new())), "abcde");
    let both = |query: &mut SessionQuery| {
        query.text = Some("über".to_owned());
        query.status = vec![Status::Running];
    };
    assert_eq!(find(&both), "");
}

#[test]
fn every_order_goes_both_ways_and_the_id_decides() {
    let (_ground, store) = store();
    let at = |id: &str, created: u64, started: Option<u64>, name: Option<&str>| {
        with(id, |row| {
            row.session.created = Timestamp(created);
            row.session.updated = Timestamp(100 - created);
            row.session.started = started.map(Timestamp);
            row.session.name = name.map(str::to_owned);
        })
    };
    insert(
        &store,
        [
            at("a", 3, None, Some("zeta")),
            at("b", 1, Some(5), Some("Mid")),
            at("c", 3, Some(2), None),
            at("d", 2, None, Some("alpha")),
        ],
    );
    let orders = [
        (SortBy::Created, "bdac"),
        (SortBy::Updated, "acdb"),
        (SortBy::Started, "adcb"),
        (SortBy::Name, "dcba"),
    ];
    for (sort, ascending) in orders {
        let mut query = SessionQuery {
            sort,
            order: Order::Ascending,
            ..SessionQuery::default()
        };
        assert_eq!(ids(&store, &query).concat(), ascending, "{sort:?}");
        query.order = Order::Descending;
        let descending: String = ascending.chars().rev().collect();
        assert_eq!(
            ids(&store, &query).concat(),
            descending,
            "{sort:?} backwards"
        );
    }
}

#[test]
fn pages_give_everything_once_while_the_list_changes() {
    let (_ground, store) = store();
    insert(
        &store,
        (0..25).map(|n| {
            with(&format!("s{n:02}"), |row| {
                // Many are equal, so that pages end between them.
                row.session.updated = Timestamp(n / 4);
                row.session.name = Some(format!("a:{}", n / 3));
            })
        }),
    );
    for sort in [
        SortBy::Created,
        SortBy::Updated,
        SortBy::Started,
        SortBy::Name,
    ] {
        for order in [Order::Ascending, Order::Descending] {
            let mut query = SessionQuery {
                sort,
                order,
                limit: 7,
                ..SessionQuery::default()
            };
            let whole = ids(
                &store,
                &SessionQuery {
                    limit: 0xffff,
                    ..query.clone()
                },
            );
            assert_eq!(whole.len(), 25);
            let mut paged = Vec::new();
            loop {
                let page = store.read(|read| read.sessions(&query)).expect("a page");
                assert_eq!(page.total, 25, "the total is of all pages");
                paged.extend(page.sessions.iter().map(|session| session.id.to_string()));
                query.after = page.next;
                if query.after.is_none() {
                    break;
                }
                assert_eq!(page.sessions.len(), 7, "a full page");
            }
            assert_eq!(paged, whole, "{sort:?} {order:?}");
        }
    }
    let mut query = SessionQuery {
        limit: 5,
        sort: SortBy::Created,
        ..SessionQuery::default()
    };
    let first = store.read(|read| read.sessions(&query)).expect("a page");
    insert(
        &store,
        [with("zz", |row| row.session.created = Timestamp(u64::MAX))],
    );
    query.after = first.next;
    assert_eq!(
        ids(&store, &query)[0],
        "s19",
        "a new first one moves nothing"
    );
}

#[test]
fn a_wrong_page_is_refused_with_words() {
    let (_ground, store) = store();
    insert(&store, [session("a"), session("b")]);
    let query = SessionQuery {
        limit: 0,
        ..SessionQuery::default()
    };
    let page = store.read(|read| read.sessions(&query)).expect("a page");
    assert_eq!(page.sessions.len(), 1, "at least one");
    let next = page.next.expect("another page");
    let other_order = SessionQuery {
        sort: SortBy::Name,
        after: Some(next),
        ..SessionQuery::default()
    };
    let wrong = |after: &str| SessionQuery {
        after: Some(after.to_owned()),
        ..SessionQuery::default()
    };
    for query in [
        other_order,
        wrong(""),
        wrong("updated:a"),
        wrong("updated:a:x"),
    ] {
        let error = store.read(|read| read.sessions(&query)).expect_err("wrong");
        assert!(matches!(error, StoreError::BadPage { .. }), "{error}");
        assert_eq!(error.problem().field.as_deref(), Some("after"));
    }
}
