//! The browser notices what pages do, and leaves nothing behind.

use lockstep_testing::browser::Browser;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

const SIZE: (u32, u32) = (800, 600);

/// Visits a page of this text beside a style sheet; what it asks for that is not in the folder, and its console.
fn visit(browser: &mut Browser, text: &str) -> (Vec<String>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("style.css"), "p { color: red }").unwrap();
    fs::write(folder.path().join("page.html"), format!("<!DOCTYPE html><meta charset=utf-8>{text}")).unwrap();
    let address = format!("file://{}/page.html", folder.path().display());
    let page = browser.visit(&address, SIZE).unwrap();
    assert_eq!(page.requests().first(), Some(&address));
    (page.outside(folder.path()).into_iter().map(str::to_owned).collect(), page.console().to_vec())
}

#[test]
fn what_a_page_asks_for_is_noticed() {
    let Some(mut browser) = Browser::start() else { return };
    let quiet = r#"<link rel="stylesheet" href="style.css"><p>Nothing</p><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">"#;
    assert_eq!(visit(&mut browser, quiet).0, [""; 0]);
    for (text, request) in [
        (r#"<img src="http://127.0.0.1:9/at-once">"#, "http://127.0.0.1:9/at-once"),
        (r#"<link rel="stylesheet" href="../elsewhere.css">"#, "/elsewhere.css"),
        (r#"<iframe src="http://127.0.0.1:9/frame"></iframe>"#, "http://127.0.0.1:9/frame"),
        ("<script>setTimeout(() => fetch('http://127.0.0.1:9/late').catch(() => {}), 2000)</script>", "/late"),
        ("<script>new WebSocket('ws://127.0.0.1:9/socket')</script>", "ws://127.0.0.1:9/socket"),
        // A worker shows by its own script: what it asks for comes when it comes, for the page's time is not its time.
        ("<script>new Worker(URL.createObjectURL(new Blob([`fetch('http://127.0.0.1:9/worker')`])))</script>", "blob:"),
    ] {
        let (requests, _) = visit(&mut browser, text);
        assert!(
            requests.iter().any(|url| url.ends_with(request) || request == "blob:" && url.starts_with(request)),
            "{text}: {requests:?}"
        );
    }
}

#[test]
fn what_a_page_says_is_noticed() {
    let Some(mut browser) = Browser::start() else { return };
    assert_eq!(visit(&mut browser, "<p>Nothing").1, [""; 0]);
    let (_, console) =
        visit(&mut browser, "<script>console.log('a', 1); setTimeout(() => { throw Error('late') }, 9)</script>");
    assert!(console.len() == 2 && console[0] == "log: a 1" && console[1].contains("late"), "{console:?}");
}

#[test]
fn checks_fail() {
    let Some(mut browser) = Browser::start() else { return };
    let mut page = browser.visit("data:text/html,<p id=p>one  two</p>", SIZE).unwrap();
    assert_eq!(page.check("check('text', text('p'), 'one two')"), Ok(vec![]));
    assert_eq!(page.check("check('text', text('p'), 'two')"), Ok(vec!["text: one two, not two".into()]));
    assert!(page.check("nothing.at.all").unwrap_err().contains("nothing is not defined"));
    let late = page.check("document.onclick = () => { throw Error('in a handler') }; document.body.click()").unwrap();
    assert!(late.len() == 1 && late[0].contains("in a handler"), "{late:?}");
    assert_eq!(page.evaluate("innerWidth + ' ' + innerHeight"), Ok("800 600".into()));
}

/// The command lines that have a word.
fn processes(word: &str) -> usize {
    let list = Command::new("ps").args(["-eo", "args"]).output().unwrap();
    String::from_utf8_lossy(&list.stdout).lines().filter(|line| line.contains(word)).count()
}

#[test]
fn a_page_that_hangs_is_given_up_and_nothing_is_left() {
    let Some(chromium) = lockstep_testing::chromium() else { return };
    let begin = Instant::now();
    let mut browser = Browser::new(&chromium, Duration::from_secs(5)).unwrap();
    let profile = browser.profile().to_owned();
    let error = browser.visit("data:text/html,<script>for (;;);</script>", SIZE).err().unwrap();
    assert!(error.contains("the time of the browser is up"), "{error}");
    let written = fs::read_dir(&profile).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(written.into_iter().any(|name| name.contains("Chromium")), "it writes elsewhere");
    assert!(profile.is_dir() && processes(&profile.display().to_string()) > 0);
    drop(browser);
    assert!(begin.elapsed() < Duration::from_secs(30));
    assert!(!profile.exists());
    let left = || processes(&profile.display().to_string());
    assert!(
        (0..50).any(|_| left() == 0 || {
            std::thread::sleep(Duration::from_millis(100));
            false
        }),
        "{} left",
        left()
    );

    let error = Browser::new("/no/such/browser".as_ref(), Duration::from_secs(5))
        .and_then(|mut browser| browser.visit("about:blank", SIZE).map(drop));
    assert!(error.is_err());
}
