//! Writing control sequences.

/// Appends a number in decimal.
pub(crate) fn number(out: &mut Vec<u8>, n: usize) {
    if n < 10 {
        out.push(b'0' + u8::try_from(n).unwrap_or(0));
        return;
    }
    number(out, n / 10);
    out.push(b'0' + u8::try_from(n % 10).unwrap_or(0));
}

/// `CSI n final`.
pub(crate) fn csi(out: &mut Vec<u8>, n: usize, last: &[u8]) {
    out.extend_from_slice(b"\x1b[");
    number(out, n);
    out.extend_from_slice(last);
}

/// `CSI a ; b final`.
pub(crate) fn csi2(out: &mut Vec<u8>, a: usize, b: usize, last: u8) {
    out.extend_from_slice(b"\x1b[");
    number(out, a);
    out.push(b';');
    number(out, b);
    out.push(last);
}

/// `CSI ? n h` or `l`.
pub(crate) fn mode(out: &mut Vec<u8>, n: usize, on: bool) {
    out.extend_from_slice(b"\x1b[?");
    number(out, n);
    out.push(if on { b'h' } else { b'l' });
}
