//! The guard: a process that kills the [groups](crate::group) of this one when this one ends without doing so, as it does
//! when it is killed itself.
//!
//! A program that wants a guard says by [`start_by`] how to start it, and calls [`main`] where it is started so. The guard
//! is told the groups through a pipe. The system closes the pipe when the process ends, in whatever way, and then the
//! guard kills the groups that are left.

use crate::kill::kill_group;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

static HOW: OnceLock<(PathBuf, Vec<OsString>)> = OnceLock::new();
static GUARD: Mutex<Guard> = Mutex::new(Guard { pipe: None, groups: BTreeSet::new() });

struct Guard {
    pipe: Option<ChildStdin>,
    groups: BTreeSet<u32>,
}

/// Says how to start the guard: a program and its arguments. It is started before the first child. Without this, there is
/// none. What is said a second time has no effect.
pub fn start_by(program: PathBuf, args: Vec<OsString>) {
    let _ = HOW.set((program, args));
}

/// What the guard does: returns when the process that it guards has ended and its groups are killed.
pub fn main() {
    let mut groups = BTreeSet::new();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        match line.split_at_checked(1) {
            Some(("+", id)) => _ = id.parse().map(|id: u32| groups.insert(id)),
            Some(("-", id)) => _ = id.parse().map(|id: u32| groups.remove(&id)),
            _ => {}
        }
    }
    groups.into_iter().for_each(kill_group);
}

/// A group is about to begin: the guard is started now, for a process may be killed as soon as it has one.
pub(crate) fn prepare() {
    let mut guard = GUARD.lock().unwrap_or_else(PoisonError::into_inner);
    if guard.pipe.is_none() {
        guard.pipe = start();
    }
}

/// A group begins.
pub(crate) fn add(group: u32) {
    let mut guard = GUARD.lock().unwrap_or_else(PoisonError::into_inner);
    guard.groups.insert(group);
    guard.tell(&format!("+{group}\n"));
}

/// A group has ended.
pub(crate) fn remove(group: u32) {
    let mut guard = GUARD.lock().unwrap_or_else(PoisonError::into_inner);
    if guard.groups.remove(&group) && guard.pipe.is_some() {
        guard.tell(&format!("-{group}\n"));
    }
}

impl Guard {
    fn tell(&mut self, line: &str) {
        if let Some(pipe) = &mut self.pipe
            && pipe.write_all(line.as_bytes()).is_ok()
        {
            return;
        }
        // There is none yet, or it was killed.
        self.pipe = start();
        if let Some(pipe) = &mut self.pipe {
            let all: String = self.groups.iter().map(|group| format!("+{group}\n")).collect();
            let _ = pipe.write_all(all.as_bytes());
        }
    }
}

fn start() -> Option<ChildStdin> {
    let (program, args) = HOW.get()?;
    let mut command = Command::new(program);
    // Whoever waits for the end of an output of this process need not wait for the guard.
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // In a group of its own, so that it is not killed together with what it guards.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().ok()?.stdin.take()
}
