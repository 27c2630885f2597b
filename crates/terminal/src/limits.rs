//! What bounds the memory and the time that a program's output can cost.

/// Largest count that a sequence may ask for; xterm.js works for minutes on a larger one. No screen is
/// large enough to tell the difference.
pub const COUNT: u32 = 4096;

/// Bytes of an `OSC` that are kept; a longer one is dropped whole.
pub const OSC: usize = 64 * 1024;

/// Bytes of text that a program may put into the clipboard with one `OSC 52`.
pub const CLIPBOARD: usize = 1024 * 1024;

/// Bytes of an `OSC 52`: the text in base64 and what stands before it.
pub(crate) const OSC_CLIPBOARD: usize = CLIPBOARD.div_ceil(3) * 4 + 64;

/// Bytes of a `DCS` query that are kept; a longer one is not answered.
pub(crate) const DCS: usize = 1024;

/// Code points in one cell. Text with more marks on one character than that is not writing; the
/// surplus is dropped, as no line of history may grow by marks alone.
pub const CLUSTER: usize = 16;

/// Bytes of one link target; the same limit that other terminals have.
pub const LINK: usize = 2083;

/// Bytes of a link's `id`.
pub(crate) const LINK_ID: usize = 250;

/// Bytes of all link targets on the screens and in the tail together; beyond it text is not linked.
pub(crate) const LINKS: usize = 4 * 1024 * 1024;

/// Characters of a title.
pub(crate) const TITLE: usize = 256;

/// Characters of a notification's text.
pub(crate) const BODY: usize = 1024;

/// Entries of the stack of titles, as in xterm.js.
pub(crate) const TITLES: usize = 10;

/// Notifications (`OSC 99`) that may be under way in parts at once.
pub(crate) const PARTS: usize = 8;
