//! `mainstay attach` in a real terminal multiplexer, where everything is real but the glass.

use crate::support::programs::is_installed;
use crate::support::tmux::Tmux;
use crate::support::world::World;

const BASH: &[&str] = &["bash", "--noprofile", "--norc"];

#[test]
fn attach_type_detach_and_attach_at_another_size() {
    let world = World::new();
    world.start("s1", BASH);
    let tmux = Tmux::new(world.path(), (80, 24));
    tmux.until_shows("outer$");
    tmux.send_keys(&["echo shown before", "Enter"]);
    tmux.until_shows("\nshown before\n");
    tmux.send_keys(&["$MAINSTAY attach s1", "Enter"]);
    tmux.until("the session's prompt alone is shown", |screen| {
        screen == "$"
    });
    tmux.send_keys(&["printf '日本語 %s\\n' 'e\u{301}a'", "Enter"]);
    let shown = tmux.until_shows("\n日本語");
    assert_eq!(
        shown,
        world.screen("s1"),
        "tmux and the model show the same"
    );
    assert!(
        tmux.everything().contains("shown before"),
        "what was there is in the scrollback"
    );

    tmux.send_keys(&["C-\\", "d"]);
    tmux.until_shows("[detached");
    tmux.resize(60, 15);
    tmux.send_keys(&["$MAINSTAY attach s1", "Enter"]);
    tmux.until("the session is shown again", |screen| {
        screen.contains("日本語") && !screen.contains("outer$")
    });
    tmux.send_keys(&["stty size", "Enter"]);
    let shown = tmux.until_shows("\n15 60\n");
    assert_eq!(shown, world.screen("s1"), "the same at the other size");
}

#[test]
fn an_editor_keeps_its_screen() {
    if !is_installed("vim") {
        return;
    }
    let world = World::new();
    world.start("s1", &["vim", "-u", "NONE", "-N", "-i", "NONE"]);
    let tmux = Tmux::new(world.path(), (80, 24));
    tmux.until_shows("outer$");
    tmux.send_keys(&["$MAINSTAY attach s1", "Enter"]);
    tmux.until_shows("VIM");
    tmux.send_keys(&["itext in the editor 日本", "Escape", "0"]);
    let before = tmux.until("the text is there and vim rests", |screen| {
        screen.starts_with("text in the editor 日本\n~") && !screen.contains("INSERT")
    });
    let cursor = tmux.says("#{cursor_x},#{cursor_y},#{alternate_on}");
    tmux.send_keys(&["C-\\", "d"]);
    tmux.until_shows("[detached");
    assert_eq!(
        tmux.says("#{alternate_on}"),
        "0",
        "the shell has the main screen"
    );
    tmux.send_keys(&["$MAINSTAY attach s1", "Enter"]);
    tmux.until("the same screen is there again", |screen| screen == before);
    assert_eq!(
        tmux.says("#{cursor_x},#{cursor_y},#{alternate_on}"),
        cursor,
        "with the cursor where it was"
    );
    tmux.send_keys(&["Escape", ":q!", "Enter"]);
    tmux.until_shows("[ended: exit code 0");
}
