//! The last lines that a process wrote, for when it dies.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};

/// How many lines are kept.
const LINES: usize = 5;
/// How many bytes of each are kept.
const LENGTH: usize = 400;
/// How many bytes are read at a time where no line ends.
const AT_A_TIME: u64 = 1 << 20;

/// The last lines. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct LastLines(Arc<Mutex<VecDeque<String>>>);

impl LastLines {
    /// Keeps a line, shortened, unless it is empty.
    pub fn keep(&self, line: &[u8]) {
        let line = shortened(line);
        if line.is_empty() {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == LINES {
            kept.pop_front();
        }
        kept.push_back(line);
    }

    /// Reads a stream to its end.
    pub fn drain(&self, stream: impl Read) {
        let mut stream = BufReader::new(stream);
        loop {
            let mut line = Vec::new();
            match stream.by_ref().take(AT_A_TIME).read_until(b'\n', &mut line) {
                Ok(n) if n > 0 => self.keep(&line),
                _ => break,
            }
        }
    }

    /// The lines so far, in one; empty where there are none.
    pub fn joined(&self) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().map(String::as_str).collect::<Vec<_>>().join(" / ")
    }
}

/// The beginning of a line.
pub fn shortened(line: &[u8]) -> String {
    let line = String::from_utf8_lossy(&line[..line.len().min(LENGTH)]);
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_kept() {
        let lines = LastLines::default();
        assert_eq!(lines.joined(), "");
        lines.drain(&b"1\n2\n\n3\n4\n5\n6"[..]);
        assert_eq!(lines.joined(), "2 / 3 / 4 / 5 / 6");
        lines.keep(&[b'x'; 1000]);
        assert_eq!(lines.joined().len(), "3 / 4 / 5 / 6 / ".len() + LENGTH);
    }
}
