//! Makes a failing input small.

/// The smallest input found that still fails: first whole pieces are left out, then single characters.
///
/// `fails` runs at most about `budget` times.
pub(crate) fn minimize(
    pieces: &[Vec<u8>],
    mut budget: usize,
    fails: &mut dyn FnMut(&[Vec<u8>]) -> bool,
) -> Vec<Vec<u8>> {
    let pieces = without(pieces.to_vec(), &mut budget, &mut |kept| fails(kept));
    let whole = pieces.concat();
    // Text stays text: half a character is another failure.
    let bytes: Vec<Vec<u8>> = match std::str::from_utf8(&whole) {
        Ok(text) => text.chars().map(|c| c.to_string().into_bytes()).collect(),
        Err(_) => whole.iter().map(|byte| vec![*byte]).collect(),
    };
    if fails(&bytes) {
        without(bytes, &mut budget, fails)
    } else {
        pieces
    }
}

/// Leaves out ever smaller stretches while the rest still fails.
fn without(
    mut kept: Vec<Vec<u8>>,
    budget: &mut usize,
    fails: &mut dyn FnMut(&[Vec<u8>]) -> bool,
) -> Vec<Vec<u8>> {
    let mut stretch = kept.len().div_ceil(2).max(1);
    loop {
        let mut at = 0;
        let mut shrunk = false;
        while at < kept.len() && *budget > 0 {
            let end = (at + stretch).min(kept.len());
            let mut candidate = kept.clone();
            candidate.drain(at..end);
            *budget -= 1;
            if fails(&candidate) {
                kept = candidate;
                shrunk = true;
            } else {
                at = end;
            }
        }
        if *budget == 0 || (stretch == 1 && !shrunk) {
            return kept;
        }
        stretch = stretch.div_ceil(2).max(1);
    }
}
