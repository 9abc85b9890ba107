//! Traces as a page.
use super::{Ending, Section, Writer};
use lockstep_semantics::trace::Step;
use std::io::{self, Write};
pub(super) struct Html { book: String }
impl Html { pub(super) fn new(book: String) -> Self { Html { book } } }
impl Writer for Html {
    fn header(&mut self, _: &str, _: &mut dyn Write) -> io::Result<()> { let _ = &self.book; Ok(()) }
    fn section(&mut self, _: Section<'_>, _: &mut dyn Write) -> io::Result<()> { Ok(()) }
    fn step(&mut self, _: &Step<'_>, _: &[u64], _: &mut dyn Write) -> io::Result<()> { Ok(()) }
    fn end(&mut self, _: &Ending, _: u64, _: u64, _: &mut dyn Write) -> io::Result<()> { Ok(()) }
}
