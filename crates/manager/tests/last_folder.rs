//! A shell is resumed in the folder it was in last, whatever ended it.

#![cfg(any(target_os = "linux", target_os = "macos"))]

mod support;

use mainstay_manager::Manager;
use mainstay_protocol::SessionId;
use mainstay_protocol::session::{Delete, Start};
use rustix::process::{Pid, Signal, kill_process};
use support::ground::{Ground, sh};
use support::watch::Watch;

/// Has a shell go to a folder and waits until that is known.
fn go(manager: &Manager, watch: &mut Watch, id: &SessionId, folder: &str) {
    let typed = format!("cd {folder}\n");
    manager.input(id, typed.as_bytes()).expect("typed");
    watch.until_true(|| {
        let session = manager.show(id).expect("there");
        session.current_dir.as_deref() == Some(folder)
    });
}

#[test]
fn a_shell_that_says_nothing_of_its_folder_is_resumed_there() {
    let ground = Ground::new();
    let manager = ground.manager();
    let mut watch = Watch::new(&manager);
    let folder = |name: &str| {
        let path = ground.path(name);
        std::fs::create_dir(&path).expect("made");
        let path = path.canonicalize().expect("there");
        path.to_string_lossy().into_owned()
    };
    let (there, elsewhere) = (folder("there"), folder("elsewhere"));
    let out = ground.path("out");
    let pwd = format!("pwd > {}; exit\n", out.display());
    let where_it_is = || std::fs::read_to_string(&out).expect("written");
    let mut shell = sh("s", "");
    shell.settings.command.clear();
    let id = manager.create(shell).expect("starts").id;
    watch.named(&id, "session.started", 1);

    // By its own end.
    go(&manager, &mut watch, &id, &there);
    manager.input(&id, b"exit\n").expect("typed");
    watch.named(&id, "session.exited", 1);
    manager.resume(&id, Start::default()).expect("resumes");
    watch.named(&id, "session.started", 2);
    manager.input(&id, pwd.as_bytes()).expect("typed");
    watch.named(&id, "session.exited", 2);
    assert_eq!(where_it_is(), format!("{there}\n"));

    // By the end of its host.
    manager.resume(&id, Start::default()).expect("resumes");
    watch.named(&id, "session.started", 3);
    go(&manager, &mut watch, &id, &elsewhere);
    let host = Pid::from_raw(ground.host_pid(&id).try_into().expect("a pid"));
    kill_process(host.expect("a pid"), Signal::KILL).expect("killed");
    watch.named(&id, "session.interrupted", 1);
    manager.resume(&id, Start::default()).expect("resumes");
    watch.named(&id, "session.started", 4);
    manager.input(&id, pwd.as_bytes()).expect("typed");
    watch.named(&id, "session.exited", 3);
    assert_eq!(where_it_is(), format!("{elsewhere}\n"));

    // A folder that is gone is no reason not to go on.
    std::fs::remove_dir(&elsewhere).expect("removed");
    manager.resume(&id, Start::default()).expect("resumes");
    watch.named(&id, "session.started", 5);
    manager.input(&id, pwd.as_bytes()).expect("typed");
    watch.named(&id, "session.exited", 4);
    assert_eq!(where_it_is(), "/\n", "the folder it began in");
}

#[test]
fn the_last_folder_outlives_manager_and_database() {
    let ground = Ground::new();
    let manager = ground.manager();
    let mut watch = Watch::new(&manager);
    let there = ground.path("there");
    std::fs::create_dir(&there).expect("made");
    let there = there.canonicalize().expect("there");
    let mut shell = sh("s", "");
    shell.settings.command.clear();
    let id = manager.create(shell).expect("starts").id;
    watch.named(&id, "session.started", 1);
    go(&manager, &mut watch, &id, &there.to_string_lossy());
    manager.close();
    // The machine goes down: everything is killed, and the database is lost as well.
    let mut host = ground.dial(&id);
    let pid = Pid::from_raw(ground.host_pid(&id).try_into().expect("a pid"));
    kill_process(pid.expect("a pid"), Signal::KILL).expect("killed");
    while host.recv().is_ok() {}
    for name in ["mainstay.db", "mainstay.db-wal", "mainstay.db-shm"] {
        std::fs::remove_file(ground.places().data.join(name)).ok();
    }
    let manager = ground.manager();
    let mut watch = Watch::new(&manager);
    watch.named(&id, "session.interrupted", 1);
    let there = there.to_string_lossy();
    watch.until_true(|| {
        let session = manager.show(&id).expect("there");
        session.current_dir.as_deref() == Some(&*there)
    });
    manager.resume(&id, Start::default()).expect("resumes");
    let folder = ground.folder(&id);
    let run = folder.current().expect("read").expect("a run");
    let spec = folder.run(&run).spec().expect("read").expect("a spec");
    assert_eq!(spec.cwd, there);
    let forced = Delete {
        force: true,
        keep_workspace: false,
    };
    manager.delete(&id, forced).expect("deleted");
}
