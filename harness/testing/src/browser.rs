//! Drives headless Chromium by the DevTools protocol. The requests of a page are those of its own network events,
//! without any that the browser makes by itself.

use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A browser process, with a profile of its own. Dropped, both are gone.
pub struct Browser {
    child: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    /// Events that came while an answer was waited for.
    events: VecDeque<Value>,
    next: u64,
    deadline: Instant,
    profile: Option<TempDir>,
}

/// A page that has been loaded.
pub struct Page<'a> {
    browser: &'a mut Browser,
    session: String,
    address: String,
    requests: Vec<String>,
    console: Vec<String>,
}

impl Browser {
    /// Starts the browser for a test, with enough time; skips the test where there is none.
    #[track_caller]
    pub fn start() -> Option<Browser> {
        let chromium = crate::chromium()?;
        Some(Browser::new(&chromium, Duration::from_secs(120)).unwrap_or_else(|e| panic!("{e}")))
    }

    /// Starts a browser, which has so much time for all that it is asked.
    pub fn new(chromium: &Path, time: Duration) -> Result<Browser, String> {
        let profile = TempDir::new().map_err(|e| e.to_string())?;
        // The pipes of the protocol are the descriptors 3 and 4.
        let mut child = Command::new("sh")
            .args(["-c", r#"exec "$@" 3<&0 4>&1 </dev/null >/dev/null"#, "sh"])
            .arg(chromium)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-extensions"])
            .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
            // Where it would leave folders when it is killed.
            .env("TMPDIR", profile.path())
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|e| format!("{}: {e}", chromium.display()))?;
        let (to, stdout) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
        let (send, from) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(stdout).split(0).map_while(Result::ok) {
                let Ok(message) = serde_json::from_slice(&message) else { return };
                if send.send(message).is_err() {
                    return;
                }
            }
        });
        let deadline = Instant::now() + time;
        Ok(Browser { child, to, from, events: VecDeque::new(), next: 0, deadline, profile: Some(profile) })
    }

    /// The folder of the profile, and of all else that the browser writes.
    pub fn profile(&self) -> &Path {
        self.profile.as_ref().expect("the profile is there until the end").path()
    }

    /// Opens a page in a window of this size. It is loaded, and three seconds of its own time have passed, in which nothing
    /// was left to be fetched.
    pub fn visit(&mut self, address: &str, (width, height): (u32, u32)) -> Result<Page<'_>, String> {
        let target = self.call(None, "Target.createTarget", json!({ "url": "about:blank" }))?;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = self.call(None, "Target.attachToTarget", attach)?;
        let session = attached["sessionId"].as_str().ok_or("no session")?.to_owned();
        let mut page =
            Page { browser: self, session, address: address.to_owned(), requests: Vec::new(), console: Vec::new() };
        page.watch(&page.session.clone())?;
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        page.call("Emulation.setDeviceMetricsOverride", size)?;
        page.call("Page.enable", json!({}))?;
        // What the page has said so far, it has said of the empty page.
        page.browser.events.clear();
        let went = page.call("Page.navigate", json!({ "url": address }))?;
        if let Some(error) = went["errorText"].as_str() {
            return Err(format!("{address}: {error}"));
        }
        page.until("Page.loadEventFired")?;
        let wait = json!({ "policy": "pauseIfNetworkFetchesPending", "budget": 3000 });
        page.call("Emulation.setVirtualTimePolicy", wait)?;
        page.until("Emulation.virtualTimeBudgetExpired")?;
        page.call("Emulation.setVirtualTimePolicy", json!({ "policy": "advance" }))?;
        Ok(page)
    }

    /// Asks for something, and waits for the answer.
    fn call(&mut self, session: Option<&str>, method: &str, params: Value) -> Result<Value, String> {
        let id = self.tell(session, method, params)?;
        loop {
            let message = self.receive().map_err(|e| format!("{method}: {e}"))?;
            if message["id"] != id {
                self.events.push_back(message);
            } else if let Some(error) = message.get("error") {
                return Err(format!("{method}: {error}"));
            } else {
                return Ok(message["result"].clone());
            }
        }
    }

    /// Sends a request. Returns its number.
    fn tell(&mut self, session: Option<&str>, method: &str, params: Value) -> Result<u64, String> {
        self.next += 1;
        let mut message = json!({ "id": self.next, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let bytes = format!("{message}\0");
        self.to.write_all(bytes.as_bytes()).and_then(|()| self.to.flush()).map_err(|e| format!("{method}: {e}"))?;
        Ok(self.next)
    }

    fn receive(&mut self) -> Result<Value, String> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        self.from.recv_timeout(left).map_err(|e| match e {
            RecvTimeoutError::Timeout => "the time of the browser is up".to_owned(),
            RecvTimeoutError::Disconnected => "the browser is gone".to_owned(),
        })
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Its processes are a group.
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.child.kill();
        let _ = self.child.wait();
        // The others may take a moment to be gone, and write until then.
        let Some(profile) = self.profile.take().map(TempDir::keep) else { return };
        for _ in 0..100 {
            if std::fs::remove_dir_all(&profile).is_ok() || !profile.exists() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Page<'_> {
    /// The requests of the page, itself included.
    pub fn requests(&self) -> &[String] {
        &self.requests
    }

    /// The requests of the page outside of a folder.
    pub fn outside(&self, folder: &Path) -> Vec<&str> {
        let within = format!("file://{}/", folder.display());
        let own =
            |request: &str| request.starts_with(&within) && !request.contains("..") || request.starts_with("data:");
        self.requests.iter().map(String::as_str).filter(|request| !own(request)).collect()
    }

    /// The console messages and uncaught errors of the page.
    pub fn console(&self) -> &[String] {
        &self.console
    }

    /// Its document as it is now.
    pub fn html(&mut self) -> Result<String, String> {
        match self.evaluate("document.documentElement.outerHTML")? {
            Value::String(html) => Ok(html),
            other => Err(format!("{}: no document: {other}", self.address)),
        }
    }

    /// The value of an expression in the page, which may be a promise.
    pub fn evaluate(&mut self, expression: &str) -> Result<Value, String> {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut answer = self.call("Runtime.evaluate", params)?;
        self.note()?;
        match answer.get("exceptionDetails") {
            Some(details) => Err(format!("{}: {}", self.address, exception(details))),
            None => Ok(answer["result"]["value"].take()),
        }
    }

    /// Makes the window this large, and sets the colours that the user prefers.
    pub fn look(&mut self, (width, height): (u32, u32), dark: bool) -> Result<(), String> {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", size)?;
        let scheme = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", features)?;
        Ok(())
    }

    /// A picture of what is in the window, as PNG in base64.
    pub fn picture(&mut self) -> Result<String, String> {
        let picture = self.call("Page.captureScreenshot", json!({ "format": "png" }))?;
        picture["data"].as_str().map(str::to_owned).ok_or_else(|| "no picture".to_owned())
    }

    /// What axe-core, whose script is given, finds wrong with the page as it looks now: the rule, and where.
    pub fn violations(&mut self, axe: &str) -> Result<Vec<String>, String> {
        self.evaluate(&format!("if (!window.axe) {{ {axe}\n }}"))?;
        let found = self.evaluate(
            "axe.run({ preload: false }).then(({ violations }) => violations.map(({ id, nodes }) => \
             `${id}: ${nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary}`).join(\"; \")}`))",
        )?;
        let found = found.as_array().ok_or("no list of violations")?;
        Ok(found.iter().map(|one| one.as_str().unwrap_or_default().to_owned()).collect())
    }

    /// Runs a script that says what it finds by `check(what, got, want)`: what fails. `failures` is their list, `key`
    /// presses a key, `text` is the text of an element without superfluous spaces.
    pub fn check(&mut self, script: &str) -> Result<Vec<String>, String> {
        let before = self.console.len();
        let failures = self.evaluate(&format!(
            r#"(() => {{
            const failures = [];
            const check = (what, got, want) => {{ if (got !== want) failures.push(`${{what}}: ${{got}}, not ${{want}}`); }};
            const key = (key, on) => (on || document.body).dispatchEvent(new KeyboardEvent("keydown", {{ key, bubbles: true, cancelable: true }}));
            const text = (id) => document.getElementById(id).textContent.replace(/\s+/g, " ").trim();
            {script}
            return failures;
            }})()"#
        ))?;
        let failures = failures.as_array().ok_or("no list of failures")?;
        let failures = failures.iter().map(|failure| failure.as_str().unwrap_or_default().to_owned());
        Ok(failures.chain(self.console[before..].iter().cloned()).collect())
    }

    fn call(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.browser.call(Some(&self.session), method, params)
    }

    /// Wants the events of a target, and of those that it starts (workers, frames in other processes) before these do
    /// anything.
    fn watch(&mut self, session: &str) -> Result<(), String> {
        for domain in ["Network.enable", "Runtime.enable", "Log.enable"] {
            // Not every kind of target has all of them: the answer is looked at for the page alone.
            match session == self.session {
                true => drop(self.call(domain, json!({}))?),
                false => drop(self.browser.tell(Some(session), domain, json!({}))?),
            }
        }
        let all = json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true });
        self.browser.tell(Some(session), "Target.setAutoAttach", all)?;
        self.browser.tell(Some(session), "Runtime.runIfWaitingForDebugger", json!({}))?;
        Ok(())
    }

    /// Takes note of events until there is one of this name.
    fn until(&mut self, method: &str) -> Result<(), String> {
        loop {
            let event = match self.browser.events.pop_front() {
                Some(event) => event,
                None => self.browser.receive().map_err(|e| format!("{}: {method}: {e}", self.address))?,
            };
            self.event(&event)?;
            if event["method"] == method && event["sessionId"] == self.session.as_str() {
                return Ok(());
            }
        }
    }

    /// Takes note of what has come so far.
    fn note(&mut self) -> Result<(), String> {
        while let Some(event) = self.browser.events.pop_front() {
            self.event(&event)?;
        }
        Ok(())
    }

    fn event(&mut self, event: &Value) -> Result<(), String> {
        let params = &event["params"];
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match event["method"].as_str().unwrap_or_default() {
            "Network.requestWillBeSent" => self.requests.push(text(&params["request"]["url"])),
            "Network.webSocketCreated" | "Network.webTransportCreated" => self.requests.push(text(&params["url"])),
            "Runtime.exceptionThrown" => self.console.push(exception(&params["exceptionDetails"])),
            "Runtime.consoleAPICalled" => {
                let args = params["args"].as_array().into_iter().flatten();
                let words = args.map(|arg| text(arg.get("value").unwrap_or(&arg["description"])));
                self.console.push(format!("{}: {}", text(&params["type"]), words.collect::<Vec<_>>().join(" ")));
            }
            "Log.entryAdded" => {
                let entry = &params["entry"];
                self.console.push(format!(
                    "{}: {} {}",
                    text(&entry["level"]),
                    text(&entry["text"]),
                    text(&entry["url"])
                ));
            }
            "Inspector.targetCrashed" => return Err(format!("{}: the page crashed", self.address)),
            "Target.attachedToTarget" => {
                let session = text(&params["sessionId"]);
                self.watch(&session)?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// The text of an exception.
fn exception(details: &Value) -> String {
    let text = details["exception"]["description"].as_str().or(details["text"].as_str());
    text.unwrap_or("an exception").to_owned()
}
