//! As much of ELF as says whether a program is static, and which functions are in it: the program
//! headers and the symbol table of a 64-bit little-endian file
//! ([specification](https://gabi.xinuos.com/elf/)).

use anyhow::{Context as _, Result, bail};

/// `PT_INTERP`: the segment that names the dynamic loader.
const INTERPRETER: u64 = 3;

/// `SHT_SYMTAB`: the section with the symbols.
const SYMBOLS: u64 = 2;

/// Bytes of one symbol.
const SYMBOL: usize = 24;

/// `STT_FUNC` and `STT_GNU_IFUNC`: the kinds of symbols that are functions.
const FUNCTIONS: [u64; 2] = [2, 10];

/// A 64-bit little-endian ELF file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Elf<'a>(&'a [u8]);

impl<'a> Elf<'a> {
    /// # Errors
    ///
    /// Fails on any other kind of file.
    pub(crate) fn new(file: &'a [u8]) -> Result<Self> {
        // Magic number, then class 2 (64 bit) and data 1 (little-endian).
        if !file.starts_with(b"\x7fELF\x02\x01") {
            bail!("not a 64-bit little-endian ELF file");
        }
        Ok(Self(file))
    }

    /// The dynamic loader that the program asks for; none for a static one.
    ///
    /// # Errors
    ///
    /// Fails where the file is cut off.
    pub(crate) fn interpreter(self) -> Result<Option<String>> {
        for header in self.table(32, 54, 56)? {
            if self.number::<4>(header)? == INTERPRETER {
                let start = self.size::<8>(header.saturating_add(8))?;
                let length = self.size::<8>(header.saturating_add(32))?;
                return Ok(Some(text(self.bytes(start, length)?)));
            }
        }
        Ok(None)
    }

    /// The names of all functions in the program, local ones included.
    ///
    /// # Errors
    ///
    /// Fails where the file is cut off, or stripped of its symbols.
    pub(crate) fn functions(self) -> Result<Vec<String>> {
        let sections: Vec<usize> = self.table(40, 58, 60)?;
        for header in &sections {
            if self.number::<4>(header.saturating_add(4))? == SYMBOLS {
                let names = self.size::<4>(header.saturating_add(40))?;
                let names = sections.get(names).context("the symbols have no names")?;
                return self.functions_of(self.section(*header)?, self.section(*names)?);
            }
        }
        bail!("the program is stripped of its symbols")
    }

    fn functions_of(self, symbols: &'a [u8], names: &'a [u8]) -> Result<Vec<String>> {
        let mut functions = Vec::new();
        for symbol in symbols.chunks_exact(SYMBOL).map(Elf) {
            let is_function = FUNCTIONS.contains(&(symbol.number::<1>(4)? & 0xf));
            let is_defined = symbol.number::<2>(6)? != 0;
            if is_function && is_defined {
                let name = names
                    .get(symbol.size::<4>(0)?..)
                    .context("a name is cut off")?;
                functions.push(text(name));
            }
        }
        Ok(functions)
    }

    fn section(self, header: usize) -> Result<&'a [u8]> {
        let start = self.size::<8>(header.saturating_add(24))?;
        self.bytes(start, self.size::<8>(header.saturating_add(32))?)
    }

    /// Where the headers of a table are. The file's header says at these places: where the table
    /// begins, how long each header is, how many there are.
    fn table(self, start: usize, length: usize, count: usize) -> Result<Vec<usize>> {
        let start = self.size::<8>(start)?;
        let length = self.size::<2>(length)?;
        let count = self.size::<2>(count)?;
        self.bytes(start, length * count)
            .context("a table of headers is cut off")?;
        Ok((0..count).map(|index| start + index * length).collect())
    }

    fn size<const N: usize>(self, at: usize) -> Result<usize> {
        Ok(usize::try_from(self.number::<N>(at)?)?)
    }

    /// The little-endian number of `N` bytes.
    fn number<const N: usize>(self, at: usize) -> Result<u64> {
        let digits = self.bytes(at, N)?;
        Ok(digits
            .iter()
            .rev()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn bytes(self, at: usize, length: usize) -> Result<&'a [u8]> {
        at.checked_add(length)
            .and_then(|end| self.0.get(at..end))
            .with_context(|| format!("the file ends before byte {at}+{length}"))
    }
}

/// The text up to the first zero byte.
fn text(bytes: &[u8]) -> String {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(file: &mut [u8], at: usize, number: &[u8]) {
        file[at..at + number.len()].copy_from_slice(number);
    }

    /// A file with one program header of `kind` at 64, which names a loader at 400; two section
    /// headers at 120 and 184; two symbols at 300 with their names at 360.
    fn file(kind: u32) -> Vec<u8> {
        let mut file = vec![0_u8; 411];
        put(&mut file, 0, b"\x7fELF\x02\x01");
        for (at, number) in [(32, 64_u64), (40, 120), (72, 400), (96, 11)] {
            put(&mut file, at, &number.to_le_bytes());
        }
        for (at, number) in [(54, 56_u16), (56, 1), (58, 64), (60, 2)] {
            put(&mut file, at, &number.to_le_bytes());
        }
        put(&mut file, 64, &kind.to_le_bytes());
        // The symbols, and their names in section 1.
        put(&mut file, 124, &2_u32.to_le_bytes());
        put(&mut file, 160, &1_u32.to_le_bytes());
        for (at, number) in [(144, 300_u64), (152, 48), (208, 360), (216, 20)] {
            put(&mut file, at, &number.to_le_bytes());
        }
        // `main` is defined in section 1, `getpwuid` is a function that is wanted from elsewhere.
        put(&mut file, 360, b"\0main\0getpwuid\0");
        put(&mut file, 300, &[1, 0, 0, 0, 0x12, 0, 1, 0]);
        put(&mut file, 324, &[6, 0, 0, 0, 0x12, 0, 0, 0]);
        put(&mut file, 400, b"/lib/ld.so\0");
        file
    }

    #[test]
    fn a_dynamic_program_names_its_loader() {
        let file = file(3);
        let loader = Elf::new(&file).unwrap().interpreter().unwrap();
        assert_eq!(loader.as_deref(), Some("/lib/ld.so"));
    }

    #[test]
    fn a_static_program_has_none() {
        let file = file(1);
        let loader = Elf::new(&file).unwrap().interpreter().unwrap();
        assert_eq!(loader, None, "kind 1 is a loaded segment");
    }

    #[test]
    fn a_function_counts_where_it_is_defined() {
        let file = file(1);
        assert_eq!(Elf::new(&file).unwrap().functions().unwrap(), ["main"]);
    }

    #[test]
    fn every_torn_file_is_an_error() {
        let whole = file(3);
        for length in 0..whole.len() {
            let torn = Elf::new(&whole[..length]).and_then(Elf::interpreter);
            assert!(torn.is_err(), "{length} of {} bytes", whole.len());
        }
        for length in 0..380 {
            let torn = Elf::new(&whole[..length]).and_then(Elf::functions);
            assert!(torn.is_err(), "{length} bytes, the names end at 380");
        }
    }
}
