//! Lines and columns of a text.

/// Where the lines of a text begin, so that places are found without reading it again.
pub(crate) struct Places<'a> {
    text: &'a str,
    lines: Vec<usize>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(i, _)| i + 1);
        Places { text, lines: std::iter::once(0).chain(breaks).collect() }
    }

    /// Line and column of a byte, from 1; columns count characters.
    pub(crate) fn of(&self, offset: usize) -> (u32, u32) {
        let offset = offset.min(self.text.len());
        let line = self.lines.partition_point(|&begin| begin <= offset) - 1;
        let before = &self.text.as_bytes()[self.lines[line]..offset];
        // Characters are counted by their first bytes.
        let column = before.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
        (line as u32 + 1, column as u32 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns() {
        let places = Places::new("ab\nä(b\r\n\nx");
        assert_eq!(places.of(0), (1, 1));
        assert_eq!(places.of(2), (1, 3));
        assert_eq!(places.of(3), (2, 1));
        assert_eq!(places.of(5), (2, 2));
        assert_eq!(places.of(9), (3, 1));
        assert_eq!(places.of(10), (4, 1));
        assert_eq!(places.of(1000), (4, 2));
    }
}
