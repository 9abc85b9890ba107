//! Standard output and standard error, either of which may be closed at any time by whoever reads it.

use std::fmt::Arguments;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, StderrLock, StdoutLock, Write};

/// One of the two streams. When nobody reads any more, what is written goes nowhere, and that is no error.
pub(super) struct Output {
    stream: BufWriter<Stream>,
    closed: bool,
    terminal: bool,
}

enum Stream {
    Out(StdoutLock<'static>),
    Err(StderrLock<'static>),
}

impl Output {
    pub(super) fn stdout() -> Self {
        let out = io::stdout().lock();
        let terminal = out.is_terminal();
        Output { stream: BufWriter::new(Stream::Out(out)), closed: false, terminal }
    }

    pub(super) fn stderr() -> Self {
        let err = io::stderr().lock();
        let terminal = err.is_terminal();
        Output { stream: BufWriter::new(Stream::Err(err)), closed: false, terminal }
    }

    /// Whether colours are wanted: on a terminal, unless the user said otherwise (see no-color.org).
    pub(super) fn colours(&self) -> bool {
        self.terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
    }

    /// Writes out all that is buffered.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.flush()
    }

    fn unless_closed<T>(&mut self, result: io::Result<T>, closed: T) -> io::Result<T> {
        match result {
            Err(e) if e.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(closed)
            }
            result => result,
        }
    }
}

impl Write for Output {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(buf.len());
        }
        let result = self.stream.write(buf);
        self.unless_closed(result, buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let result = self.stream.flush();
        self.unless_closed(result, ())
    }
}

impl Write for Stream {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Out(out) => out.write(buf),
            Stream::Err(err) => err.write(buf),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Out(out) => out.flush(),
            Stream::Err(err) => err.flush(),
        }
    }
}

/// A line on standard error; when that is closed too, there is nobody left to tell.
pub(super) fn complain(message: Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{message}");
}
