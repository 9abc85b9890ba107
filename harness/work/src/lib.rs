//! Long work on one machine. Nothing here knows WebAssembly.
//!
//! | module | what |
//! |---|---|
//! | [`stop`] | a request to stop: by Ctrl-C, or because the time is up |
//! | [`group`] | child processes that end together with all their descendants |
//! | [`guard`] | the process that kills those descendants when this process is killed |
//! | [`farm`] | items of work in child processes, any of which may die |
//! | [`worker`] | the other side of a farm: what such a child does |
//! | [`jobs`] | how much to do at a time |
//! | [`whole`] | files that are written whole or not at all |
//! | [`last_lines`] | the last lines that a process wrote |

pub mod farm;
pub mod group;
pub mod guard;
pub mod jobs;
mod kill;
pub mod last_lines;
pub mod stop;
pub mod whole;
pub mod worker;

pub use group::{Group, Waited};
pub use stop::{Stop, Why};
