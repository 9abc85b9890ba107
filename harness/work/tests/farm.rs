//! Farms whose workers die.
#![cfg(unix)]

use lockstep_work::farm::{Customer, Ended, Farm, FarmError};
use lockstep_work::{Stop, Why};
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

/// A worker as a shell script that gives items back, except that `case` may do something else about `$item`; `$alone` is
/// whether it has the worker for itself.
fn farm(workers: usize, ahead: usize, case: &str) -> Farm {
    let script = format!(
        r#"read setup; echo '"ready"'
        while read line; do
            n=${{line#*:}}; n=${{n%%,*}}; item=${{line##*:}}; item=${{item%\}}}}
            alone=${{line#*\"alone\":}}; alone=${{alone%%,*}}
            {case}
            echo "{{\"done\":{{\"n\":$n,\"result\":$item}}}}"
        done"#
    );
    Farm {
        program: "sh".into(),
        args: vec!["-c".into(), script.into()],
        workers: NonZeroUsize::new(workers).unwrap(),
        ahead: NonZeroUsize::new(ahead).unwrap(),
    }
}

#[derive(Default)]
struct Numbers {
    next: u32,
    end: u32,
    ended: Results,
}

impl Customer<u32, u32> for Numbers {
    type Error = FarmError;

    fn next(&mut self) -> Option<u32> {
        (self.next < self.end).then(|| {
            self.next += 1;
            self.next - 1
        })
    }

    fn take(&mut self, item: u32, ended: Ended<u32>) -> Result<(), FarmError> {
        self.ended.push((item, ended));
        Ok(())
    }
}

type Results = Vec<(u32, Ended<u32>)>;

fn run(farm: &Farm, end: u32) -> (Result<Option<Why>, FarmError>, Results) {
    let mut numbers = Numbers { end, ..Numbers::default() };
    let why = farm.run(&"setup", &Stop::new(), &mut numbers);
    numbers.ended.sort_by_key(|(item, _)| *item);
    (why, numbers.ended)
}

#[test]
fn each_item_is_done_once() {
    for (workers, ahead) in [(1, 1), (3, 1), (3, 4)] {
        let (why, ended) = run(&farm(workers, ahead, ""), 100);
        assert_eq!(why.unwrap(), None);
        let expected: Vec<_> = (0..100).map(|i| (i, Ended::Done(i, None))).collect();
        assert_eq!(ended, expected);
    }
}

#[test]
fn what_kills_a_worker_takes_nothing_with_it() {
    for (workers, ahead) in [(1, 1), (3, 4)] {
        let case = r#"if [ $item = 7 ]; then echo "{\"at\":{\"n\":$n,\"at\":\"there\"}}"; echo no memory >&2; kill -ABRT $$; fi"#;
        let (why, ended) = run(&farm(workers, ahead, case), 30);
        assert_eq!(why.unwrap(), None);
        assert_eq!(ended.len(), 30);
        for (item, ended) in ended {
            match ended {
                Ended::Died(death) if item == 7 => {
                    assert!(death.how.contains("signal: 6") && death.how.contains("no memory"), "{death:?}");
                    assert_eq!(death.at.as_deref(), Some("there"));
                }
                ended => assert_eq!(ended, Ended::Done(item, None), "{item}"),
            }
        }
    }
}

#[test]
fn a_death_that_does_not_come_again_is_told_apart() {
    let case = "if [ $item = 7 ] && [ $alone = false ]; then kill -KILL $$; fi";
    let (why, ended) = run(&farm(2, 4, case), 20);
    assert_eq!(why.unwrap(), None);
    let died: Vec<_> = ended.iter().filter(|(_, ended)| !matches!(ended, Ended::Done(_, None))).collect();
    let [(7, Ended::Done(7, Some(death)))] = died.as_slice() else { panic!("{died:?}") };
    assert!(death.how.contains("signal: 9"), "{death:?}");
    assert_eq!(ended.len(), 20);
}

#[test]
fn workers_that_cannot_begin_are_an_error() {
    let worker = |script: &str| Farm { args: vec!["-c".into(), script.into()], ..farm(2, 1, "") };
    let error = |script: &str| run(&worker(script), 3).0.unwrap_err().to_string();
    assert_eq!(error(r#"echo '{"broken":{"why":"no engine"}}'; read x"#), "no engine");
    assert!(error("echo x >&2; exit 3").contains("exit status: 3; it said: x"));
    assert!(error("echo x; sleep 60").contains("cannot be understood"));
    let none = Farm { program: "no-such-program-anywhere".into(), ..farm(1, 1, "") };
    assert!(matches!(run(&none, 1).0, Err(FarmError::Start(_))));
}

#[test]
fn a_request_to_stop_ends_it_soon() {
    let farm = farm(2, 1, "if [ $item -gt 3 ]; then sleep 600; fi");
    let mut numbers = Numbers { end: 100, ..Numbers::default() };
    let begin = Instant::now();
    let why = farm.run(&(), &Stop::new().after(Duration::from_millis(500)), &mut numbers).unwrap();
    assert_eq!(why, Some(Why::Time));
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    assert_eq!(numbers.ended.len(), 4);
}
