//! Lines and columns.

/// Where the lines of a text begin, so that an offset can be told by line and column without the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// The offset of each line's first byte; the first line begins at 0.
    starts: Box<[u32]>,
    /// The offsets of the bytes that begin no character.
    within: Box<[u32]>,
}

impl Lines {
    /// The lines of a text, of less than 4 GiB.
    pub fn new(text: &str) -> Self {
        let at = |wanted: fn(u8) -> bool| {
            text.bytes().enumerate().filter(move |(_, byte)| wanted(*byte)).map(|(i, _)| i as u32)
        };
        let starts = std::iter::once(0).chain(at(|byte| byte == b'\n').map(|i| i + 1)).collect();
        Lines { starts, within: at(|byte| byte & 0xC0 == 0x80).collect() }
    }

    /// Line and column of an offset, both from 1; columns count characters.
    ///
    /// ```
    /// use lockstep_semantics::text::Lines;
    ///
    /// let lines = Lines::new("(module\n  ä)");
    /// assert_eq!(lines.of(0), (1, 1));
    /// assert_eq!(lines.of(12), (2, 4));
    /// ```
    pub fn of(&self, offset: u32) -> (u32, u32) {
        let line = self.starts.partition_point(|&start| start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let before = |end: u32| self.within.partition_point(|&i| i < end) as u32;
        (line as u32, offset - start - (before(offset) - before(start)) + 1)
    }
}
