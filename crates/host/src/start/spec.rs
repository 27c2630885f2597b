//! Reading a spec.

use std::io::Read;

use mainstay_protocol::frame::{ErrorCode, Failure};
use mainstay_protocol::spec::RunSpec;

/// Longest spec. An environment has at most some hundred KiB.
const MAX: u64 = 4 * 1024 * 1024;

/// Reads a spec to the end of the stream; gives it and the JSON it came as.
///
/// # Errors
/// [`ErrorCode::Invalid`] if it is none, with the place in the JSON.
pub fn read(from: impl Read) -> Result<(RunSpec, Vec<u8>), Failure> {
    let invalid = |message: String| Failure {
        code: ErrorCode::Invalid,
        message,
    };
    let mut json = Vec::new();
    from.take(MAX + 1)
        .read_to_end(&mut json)
        .map_err(|error| invalid(format!("the spec can't be read: {error}")))?;
    if json.len() as u64 > MAX {
        return Err(invalid(format!("the spec is longer than {MAX} bytes")));
    }
    let spec: RunSpec = serde_json::from_slice(&json)
        .map_err(|error| invalid(format!("the spec is not right: {error}")))?;
    let texts = [&spec.program, &spec.cwd].into_iter().chain(&spec.args);
    let vars = spec.env.iter().chain(&spec.secrets);
    let name_is_wrong = |name: &str| name.is_empty() || name.contains(['=', '\0']);
    if texts.into_iter().any(|text| text.contains('\0')) {
        return Err(invalid(
            "the spec has a zero byte in program, args or cwd".to_owned(),
        ));
    }
    for (name, value) in vars {
        if name_is_wrong(name) || value.contains('\0') {
            return Err(invalid(format!(
                "{name:?} is no environment variable: names have no '=', and neither names nor values a zero byte"
            )));
        }
    }
    Ok((spec, json))
}
