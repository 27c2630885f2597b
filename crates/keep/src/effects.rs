//! What comes of output besides the stored things.

use mainstay_protocol::frame::Note;
use mainstay_protocol::journal::Entry;

/// Most notes of one call; a program that sets more clipboards at once shows only the last ones.
const MAX_NOTES: usize = 16;

/// What comes of one call of the keeper. One value is used for all calls: each call empties it first, the buffers
/// stay.
#[derive(Debug, Default)]
pub struct Effects {
    /// Somebody looks: [`Self::view`] is wanted. Set by the caller, never by the keeper.
    pub view_wanted: bool,
    /// Answers to queries, to be typed into the program.
    pub replies: Vec<u8>,
    /// Output made safe for viewers, if wanted. It follows what came before, up to the new position.
    pub view: Vec<u8>,
    /// What viewers are told of the moment: at most one bell, and clipboards.
    pub notes: Vec<Note>,
    /// New journal entries. They are on disk.
    pub entries: Vec<Entry>,
    /// What the screen says of itself changed: title, folder, progress, or a mode; not the cursor alone.
    pub screen_changed: bool,
    /// This was the run's first output.
    pub first_output: bool,
}

impl Effects {
    /// Empties it. The buffers stay, unless one has grown out of proportion.
    pub fn clear(&mut self) {
        const USUAL: usize = 1024 * 1024;
        for buffer in [&mut self.replies, &mut self.view] {
            buffer.clear();
            if buffer.capacity() > USUAL {
                buffer.shrink_to(USUAL);
            }
        }
        self.notes.clear();
        self.entries.clear();
        self.screen_changed = false;
        self.first_output = false;
    }

    pub(crate) fn note(&mut self, note: Note) {
        // A clipboard that is set again replaces the earlier one, which nobody could have used.
        let replaced = |old: &Note| match (old, &note) {
            (Note::Clipboard { selection: old, .. }, Note::Clipboard { selection: new, .. }) => {
                old == new
            }
            (Note::Bell, Note::Bell) => true,
            _ => false,
        };
        self.notes.retain(|old| !replaced(old));
        if self.notes.len() == MAX_NOTES {
            self.notes.remove(0);
        }
        self.notes.push(note);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clipboard(selection: &str, text: &str) -> Note {
        Note::Clipboard {
            selection: selection.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn the_last_clipboard_counts() {
        let mut effects = Effects::default();
        effects.note(clipboard("c", "old"));
        effects.note(Note::Bell);
        effects.note(clipboard("p", "other"));
        effects.note(clipboard("c", "new"));
        effects.note(Note::Bell);
        let expected = [clipboard("p", "other"), clipboard("c", "new"), Note::Bell];
        assert_eq!(effects.notes, expected);
        for selection in 0..100 {
            effects.note(clipboard(&selection.to_string(), ""));
        }
        assert_eq!(effects.notes.len(), MAX_NOTES, "bounded");
    }
}
