//! The decoder, the encoder, and printing of what it decodes.

mod display;
mod encode;
#[path = "../common/smith.rs"]
mod generated;
mod grammar;
mod hostile;
mod productions;
mod proposals;
mod second_opinion;
mod suite;
mod suite_laws;
