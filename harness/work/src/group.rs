//! Child processes that end together with all their descendants.
//!
//! Each child leads a process group of its own. When the child ends or is no longer wanted, the group is killed, so that
//! nothing that it has started outlives it. [`guard`] does the same when this process itself is killed.
//! Where there are no process groups (Windows), the child alone is killed.

use crate::guard;
use crate::kill::kill_group;
#[cfg(unix)]
use crate::kill::pid;
use crate::stop::{Stop, Why};
use std::io;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

/// A child process with its descendants. All of them are killed when this is dropped.
#[derive(Debug)]
pub struct Group {
    leader: Child,
    ended: Option<ExitStatus>,
}

/// How waiting for a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    /// The process ended by itself.
    Ended(ExitStatus),
    /// It took longer than it may, and was killed.
    TooLong,
    /// It was killed because of a request to stop.
    Stopped(Why),
}

impl Group {
    /// Starts a process in a group of its own.
    ///
    /// # Errors
    /// When the system does not.
    pub fn spawn(command: &mut Command) -> io::Result<Group> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        guard::prepare();
        let leader = command.spawn()?;
        guard::add(leader.id());
        Ok(Group { leader, ended: None })
    }

    /// The process that leads the group.
    pub fn id(&self) -> u32 {
        self.leader.id()
    }

    /// The standard input of the process, once, where it is a pipe.
    pub fn take_stdin(&mut self) -> Option<ChildStdin> {
        self.leader.stdin.take()
    }

    /// The standard output of the process, once, where it is a pipe.
    pub fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.leader.stdout.take()
    }

    /// The standard error of the process, once, where it is a pipe.
    pub fn take_stderr(&mut self) -> Option<ChildStderr> {
        self.leader.stderr.take()
    }

    /// How the process ended, if it has; then its descendants are killed.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        if self.ended.is_some() {
            return Ok(self.ended);
        }
        if !self.has_ended()? {
            return Ok(None);
        }
        // Before it is reaped: from then on its number may be that of another group.
        kill_group(self.leader.id());
        let status = self.leader.wait()?;
        guard::remove(self.leader.id());
        self.ended = Some(status);
        Ok(self.ended)
    }

    /// Waits for the process to end, but only so long (`None` is for ever), and not beyond a request to stop.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn wait(&mut self, time: Option<Duration>, stop: &Stop) -> io::Result<Waited> {
        let begin = Instant::now();
        let mut pause = Duration::from_micros(200);
        loop {
            if let Some(status) = self.try_wait()? {
                return Ok(Waited::Ended(status));
            }
            if time.is_some_and(|time| begin.elapsed() >= time) {
                self.kill();
                return Ok(Waited::TooLong);
            }
            if let Some(why) = stop.asked() {
                self.kill();
                return Ok(Waited::Stopped(why));
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(10));
        }
    }

    /// Kills the process, if it still runs, and all its descendants.
    pub fn kill(&mut self) {
        if self.ended.is_some() {
            return;
        }
        kill_group(self.leader.id());
        let _ = self.leader.kill();
        self.ended = self.leader.wait().ok();
        guard::remove(self.leader.id());
    }

    #[cfg(unix)]
    fn has_ended(&mut self) -> io::Result<bool> {
        use rustix::process::{WaitId, WaitIdOptions, waitid};
        let Some(pid) = pid(self.leader.id()) else { return Ok(true) };
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        match waitid(WaitId::Pid(pid), options) {
            Ok(status) => Ok(status.is_some()),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    #[cfg(not(unix))]
    fn has_ended(&mut self) -> io::Result<bool> {
        Ok(self.leader.try_wait()?.is_some())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::process::Stdio;

    /// A shell that starts a process that would last, tells its number in a file, and then goes on with `then`.
    fn parent(then: &str) -> (Group, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let script = format!("sleep 600 & echo $! > {0}/new && mv {0}/new {0}/pid; {then}", folder.path().display());
        let mut command = Command::new("sh");
        command.args(["-c", &script]).stdin(Stdio::null());
        (Group::spawn(&mut command).unwrap(), folder)
    }

    fn descendant(folder: &tempfile::TempDir) -> rustix::process::Pid {
        let begin = Instant::now();
        loop {
            if let Ok(text) = std::fs::read_to_string(folder.path().join("pid")) {
                return pid(text.trim().parse().unwrap()).unwrap();
            }
            assert!(begin.elapsed() < Duration::from_secs(20), "the shell does not come to it");
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn assert_gone(pid: rustix::process::Pid) {
        let begin = Instant::now();
        // What is killed and not yet reaped by whoever inherits it is there in name only.
        let state = || std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        while rustix::process::test_kill_process(pid).is_ok() && !state().contains(") Z ") {
            assert!(begin.elapsed() < Duration::from_secs(5), "it outlives its parent");
            thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn descendants_end_when_the_time_is_up() {
        let (mut group, folder) = parent("wait");
        let pid = descendant(&folder);
        assert_eq!(group.wait(Some(Duration::from_millis(20)), &Stop::new()).unwrap(), Waited::TooLong);
        assert_gone(pid);
    }

    #[test]
    fn descendants_end_with_a_process_that_ends_by_itself() {
        let (mut group, folder) = parent("exit 3");
        let Waited::Ended(status) = group.wait(None, &Stop::new()).unwrap() else { panic!("it does not end") };
        assert_eq!(status.code(), Some(3));
        assert_gone(descendant(&folder));
    }

    #[test]
    fn descendants_end_on_request_and_when_nobody_waits() {
        let (mut group, folder) = parent("wait");
        let pid = descendant(&folder);
        let stop = Stop::new();
        stop.ask();
        assert_eq!(group.wait(None, &stop).unwrap(), Waited::Stopped(Why::Interrupted));
        assert_gone(pid);
        let (group, folder) = parent("wait");
        let pid = descendant(&folder);
        drop(group);
        assert_gone(pid);
    }
}
