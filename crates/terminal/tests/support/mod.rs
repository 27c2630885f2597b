//! What the tests of the model share: generated input, xterm.js as the oracle, making failures small.

pub(crate) mod corpus;
pub(crate) mod difference;
pub(crate) mod generator;
pub(crate) mod minimize;
pub(crate) mod oracle;
pub(crate) mod properties;
pub(crate) mod random;
