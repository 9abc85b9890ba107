//! Killing process groups.

/// The number of a process.
#[cfg(unix)]
pub(crate) fn pid(id: u32) -> Option<rustix::process::Pid> {
    rustix::process::Pid::from_raw(id.try_into().ok()?)
}

/// Kills all processes of a group.
pub(crate) fn kill_group(leader: u32) {
    #[cfg(unix)]
    if let Some(pid) = pid(leader) {
        // That there are none left is no error.
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
    }
    #[cfg(not(unix))]
    let _ = leader;
}
