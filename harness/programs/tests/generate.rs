//! Generated programs: valid for everyone, dense in what matters, and the same for the same seed.

use lockstep_engines::{Failure, Limits, Program, SemanticsSession, Session};
use lockstep_programs::differential::validity::{is_absent, is_known, second_opinion};
use lockstep_programs::generate::neighbours::neighbour;
use lockstep_programs::generate::{GenerateOptions, bytes, generate, nth, seed_of};
use lockstep_semantics::observe::RuleCounts;
use lockstep_semantics::syntax::Features;
use lockstep_semantics::validation::validate;
use lockstep_spec::RuleId;
use std::collections::BTreeMap;

/// How many programs: so many, or what the environment variable `LOCKSTEP_PROGRAMS` says.
fn number(n: usize) -> usize {
    lockstep_testing::number("LOCKSTEP_PROGRAMS", n)
}

/// What a campaign has seen.
#[derive(Default)]
struct Campaign {
    counts: RuleCounts,
    programs: usize,
    modules: usize,
    bytes: usize,
    calls: BTreeMap<String, usize>,
    rejected: Vec<String>,
    /// Modules that wasmparser rejects for a reason that is known.
    deviations: usize,
}

fn wasmparser_accepts(bytes: &[u8], sharing: bool) -> Result<(), String> {
    let features = if sharing { Features::SHARED_EVERYTHING } else { Features::STANDARD };
    second_opinion(bytes, features)
}

fn limits() -> Limits {
    Limits { steps: Some(20_000), frames: Some(500), memory: Some(64 << 20), ..Limits::default() }
}

/// The same for programs with these options.
fn limits_for(options: &GenerateOptions) -> Limits {
    Limits { features: options.features, ..limits() }
}

impl Campaign {
    fn run(seed: u64, programs: usize) -> Campaign {
        Campaign::with(seed, programs, &GenerateOptions::default())
    }

    fn with(seed: u64, programs: usize, options: &GenerateOptions) -> Campaign {
        let mut campaign = Campaign { programs, ..Campaign::default() };
        for i in 0..programs as u64 {
            let generated = nth(seed, i, options);
            for (name, module) in &generated.modules {
                if let Err(e) = validate(module, &mut lockstep_semantics::observe::Unobserved) {
                    campaign.rejected.push(format!("program {i}, {name}: {e}"));
                }
            }
            let program = generated.program();
            for part in &program.modules {
                campaign.modules += 1;
                campaign.bytes += part.bytes.len();
                if let Err(e) = wasmparser_accepts(&part.bytes, options.features.shared_everything) {
                    if options.features.shared_everything && is_known(&e) {
                        campaign.deviations += 1;
                    } else {
                        campaign.rejected.push(format!("program {i}, {}: wasmparser: {e}", part.name));
                    }
                }
            }
            campaign.observe(i, &program, &limits_for(options));
        }
        campaign
    }

    fn observe(&mut self, i: u64, program: &Program, limits: &Limits) {
        let mut session = SemanticsSession::new(limits, &mut self.counts);
        let seen = session.run(program);
        for (part, end) in seen.modules.iter().enumerate() {
            if let Err(end) = end {
                if !matches!(end, Failure::Trap(..) | Failure::Exception(_)) {
                    self.rejected.push(format!("program {i}, module {part}: {end}"));
                }
                *self.calls.entry(format!("(instantiation) {}", class(end))).or_default() += 1;
            }
        }
        for call in seen.calls.iter().flatten() {
            let class = match call {
                Ok(_) => "values".into(),
                Err(end) => class(end),
            };
            *self.calls.entry(class).or_default() += 1;
        }
    }

    fn report(&self) {
        let made: usize = self.calls.values().sum();
        println!(
            "{} programs, {} modules of {} bytes on average",
            self.programs,
            self.modules,
            self.bytes / self.modules.max(1)
        );
        for (class, n) in &self.calls {
            println!("{:6.2} % {n:8} {class}", 100.0 * *n as f64 / made as f64);
        }
        for (good, bad) in [
            ("Step_read/ref.cast-succeed", "Step_read/ref.cast-fail"),
            ("Step_read/ref.test-true", "Step_read/ref.test-false"),
            ("Step_read/br_on_cast-succeed", "Step_read/br_on_cast-fail"),
            ("Step_read/br_on_cast_fail-succeed", "Step_read/br_on_cast_fail-fail"),
        ] {
            println!("{good}: {}, {bad}: {}", count(&self.counts, good), count(&self.counts, bad));
        }
        for rejected in self.rejected.iter().take(10) {
            println!("REJECTED {rejected}");
        }
    }
}

fn class(end: &Failure) -> String {
    match end {
        Failure::Trap(Some(class), _) => format!("trap: {}", class.text()),
        Failure::Trap(None, _) => "trap".into(),
        Failure::Exception(_) => "exception".into(),
        other => other.to_string(),
    }
}

/// How often a rule fired.
fn count(counts: &RuleCounts, id: &str) -> u64 {
    RuleId::ALL.into_iter().filter(|rule| rule.rule().id == id).map(|rule| counts.count(rule)).sum()
}

/// Rules that a thousand programs may well miss; ten thousand fire them.
const RARE: [&str; 15] = [
    "Step_pure/i31.get-null",
    "Step_read/array.copy-null1",
    "Step_read/array.copy-null2",
    "Step_read/array.fill-null",
    "Step_read/array.init_data-null",
    "Step_read/array.init_elem-null",
    "Step_read/array.init_elem-oob1",
    "Step_read/array.init_elem-succ",
    "Step_read/array.len-null",
    "Step_read/array.new_elem-oob",
    "Step_read/call_ref-null",
    "Step_read/return_call_ref-frame-null",
    "Step_read/return_call_ref-handler",
    "Step_read/table.get-oob",
    "Step_read/throw_ref-null",
];

#[test]
fn a_small_campaign() {
    let campaign = Campaign::run(1, number(1_000));
    campaign.report();
    assert!(campaign.rejected.is_empty(), "{} are rejected", campaign.rejected.len());
    let missing: Vec<&str> = missing(&campaign.counts).into_iter().filter(|id| !RARE.contains(id)).collect();
    assert!(missing.is_empty(), "not fired: {missing:#?}");
    // Most calls return, and enough of them do not.
    let calls: usize = campaign.calls.values().sum();
    let values = campaign.calls.get("values").copied().unwrap_or(0);
    assert!((calls * 80 / 100..calls * 97 / 100).contains(&values), "{values} of {calls}");
    // Branches on casts go both ways.
    let succeed = count(&campaign.counts, "Step_read/br_on_cast-succeed");
    let fail = count(&campaign.counts, "Step_read/br_on_cast-fail");
    assert!(succeed < fail * 3 && fail < succeed * 3, "{succeed} and {fail}");
}

/// The rules of garbage collection, of references and of what goes with them that a campaign must fire.
fn wanted(rule: &lockstep_spec::Rule) -> bool {
    let families = [
        "struct.",
        "array.",
        "i31",
        "ref.",
        "br_on_",
        "call_ref",
        "call_indirect",
        "return_call",
        "convert",
        "throw",
        "try_table",
        "table.",
        "elem.",
        "Heaptype_sub",
        "Reftype_sub",
        "Deftype_sub",
        "Comptype_sub",
        "Fieldtype_sub",
        "Storagetype_sub",
        "Packtype_sub",
        "Subtype_ok",
        "Rectype_ok",
        "Catch_ok",
        "Globaltype_sub",
        "Tabletype_sub",
        "Tagtype_sub",
        "Externtype_sub",
        "Valtype_sub",
        "Resulttype_sub",
        "Instrs_ok",
        "Expand",
        "Nondefaultable",
    ];
    rule.proposal.is_none() && families.iter().any(|family| rule.id.contains(family))
}

/// Those that can fire and did not.
fn missing(counts: &RuleCounts) -> Vec<&'static str> {
    seldom(counts, 1)
}

/// Those that can fire and did so less often.
fn seldom(counts: &RuleCounts, times: u64) -> Vec<&'static str> {
    RuleId::ALL
        .into_iter()
        .filter(|rule| counts.count(*rule) < times)
        .map(|rule| rule.rule())
        .filter(|rule| matches!(rule.code, lockstep_spec::Code::Fired) && rule.never.is_none() && wanted(rule))
        .map(|rule| rule.id)
        .collect()
}

#[test]
#[ignore = "a long campaign: its figures are printed"]
fn ten_thousand_programs() {
    let start = std::time::Instant::now();
    let campaign = Campaign::run(7, 10_000);
    campaign.report();
    println!("{:?}", start.elapsed());
    let missing = missing(&campaign.counts);
    assert!(missing.is_empty(), "not fired: {missing:#?}");
    assert!(campaign.rejected.is_empty(), "{} are rejected", campaign.rejected.len());
}

/// Programs with shared types and atomics.
fn sharing(definitions: bool) -> GenerateOptions {
    GenerateOptions {
        features: Features::SHARED_EVERYTHING,
        functions: definitions,
        definitions,
        ..GenerateOptions::default()
    }
}

/// Rules of the proposals that no program of the generator fires, by what it does not make.
const ABSENT: [&str; 8] = [
    // Another thread.
    "Step/wait-woken",
    // References to shared externs and exceptions: `wasmparser` has them otherwise.
    "Ref_ok/exn-shared",
    "Ref_ok/extern-shared",
    "Catch_ok/catch_ref-shared",
    // Tables of shared functions: `wasmparser` refuses calls through them.
    "Instr_ok/call_indirect-shared",
    "Instr_ok/return_call_indirect-shared",
    // References in code that is never reached are not given to what is polymorphic in sharedness.
    "Heaptype_sub/bot-share",
    // Rare.
    "Step/array.atomic.set-null",
];

#[test]
fn shared_types_and_atomics() {
    let mut counts = RuleCounts::default();
    for (seed, definitions) in [(21, false), (22, true)] {
        let campaign = Campaign::with(seed, number(3_000), &sharing(definitions));
        counts.merge(&campaign.counts);
        campaign.report();
        println!("wasmparser rejects {} for reasons that are known", campaign.deviations);
        assert!(campaign.rejected.is_empty(), "{} are rejected", campaign.rejected.len());
    }
    let missing = RuleId::ALL.into_iter().filter(|rule| counts.count(*rule) == 0).map(|rule| rule.rule());
    let missing: Vec<&str> = missing
        .filter(|rule| {
            rule.proposal.is_some()
                && matches!(rule.code, lockstep_spec::Code::Fired)
                && rule.never.is_none()
                && !ABSENT.contains(&rule.id)
        })
        .map(|rule| rule.id)
        .collect();
    assert!(missing.is_empty(), "not fired: {missing:#?}");
}

/// What was made of neighbours of the programs of a seed.
#[derive(Default)]
struct Neighbours {
    made: usize,
    broken: usize,
    kinds: BTreeMap<&'static str, usize>,
    /// Those on which wasmparser has another opinion, and not for a reason that is known.
    disputed: Vec<String>,
}

impl Neighbours {
    fn of(programs: u64, seed: u64, options: &GenerateOptions) -> Neighbours {
        let mut neighbours = Neighbours::default();
        for i in 0..programs {
            let generated = nth(seed, i, options);
            let bytes = bytes(seed_of(seed + 1, i), 64);
            let mut u = arbitrary::Unstructured::new(&bytes);
            let (_, module) = &generated.modules[generated.modules.len() - 1];
            for _ in 0..3 {
                let Some(neighbour) = neighbour(module, &mut u) else { continue };
                neighbours.made += 1;
                let part = &Program::of(&neighbour.module).modules[0];
                let theirs = second_opinion(&part.bytes, options.features);
                let violation = neighbour.violation();
                if let Some(invalid) = &violation {
                    neighbours.broken += 1;
                    *neighbours.kinds.entry(invalid.rule.rule().id).or_default() += 1;
                }
                let what = &neighbour.change;
                match (violation, theirs) {
                    (Some(invalid), Ok(())) if !(options.features.shared_everything && is_absent(invalid.rule)) => {
                        neighbours.disputed.push(format!("program {i}: {what}: {invalid}"));
                    }
                    // `spec/deviations.md`: what a reference is compared with may be of a supertype.
                    (None, Err(e))
                        if e.starts_with("type mismatch: expected (ref $") && compares(&neighbour.module) => {}
                    (None, Err(e)) if !(options.features.shared_everything && is_known(&e)) => {
                        neighbours.disputed.push(format!("program {i}: {what}: only wasmparser: {e}"));
                    }
                    _ => (),
                }
            }
        }
        println!(
            "{} neighbours, {} invalid, by {} rules: {:#?}",
            neighbours.made,
            neighbours.broken,
            neighbours.kinds.len(),
            neighbours.kinds
        );
        neighbours
    }
}

/// Whether a module has a compare-exchange of references that are not in a memory.
fn compares(module: &lockstep_semantics::syntax::Module) -> bool {
    use lockstep_semantics::syntax::{Atomic as A, Instr};
    module.code.instrs().iter().any(|instr| {
        matches!(
            instr,
            Instr::Atomic(A::StructCmpxchg(..) | A::ArrayCmpxchg(..) | A::GlobalCmpxchg(..) | A::TableCmpxchg(..))
        )
    })
}

#[test]
fn neighbours_are_mostly_invalid() {
    let Neighbours { made, broken, kinds, disputed } = Neighbours::of(400, 3, &GenerateOptions::default());
    assert!(disputed.is_empty(), "{disputed:#?}");
    assert!(broken * 100 >= made * 60, "{broken} of {made} are invalid");
    assert!(kinds.len() >= 30, "{} rules are broken", kinds.len());
}

#[test]
fn neighbours_by_sharedness() {
    let Neighbours { made, broken, disputed, .. } = Neighbours::of(400, 31, &sharing(true));
    assert!(disputed.is_empty(), "{} are disputed: {disputed:#?}", disputed.len());
    assert!(broken * 100 >= made * 60, "{broken} of {made} are invalid");
}

/// What readers see of the generator: small programs as text.
#[test]
fn as_text() {
    // The shortest of the first ones, in which there is more than types.
    let text = |i| {
        let program = nth(5, i, &GenerateOptions::default()).program();
        let modules = program.modules.iter().map(|part| wasmprinter::print_bytes(&part.bytes).unwrap());
        let text = modules.collect::<Vec<String>>().join("\n");
        let calls = program.calls.iter().map(|call| {
            let args = call.args.iter().map(|arg| format!(" ({arg})")).collect::<String>();
            format!("call {} {}{args}\n", program.modules[call.module].name, call.function)
        });
        format!("{text}\n{}", calls.collect::<String>())
    };
    let mut shortest: Vec<(usize, u64)> = (0..60).map(|i| (text(i).lines().count(), i)).collect();
    shortest.sort_unstable();
    insta::assert_snapshot!("generated_small", text(shortest[2].1));
    insta::assert_snapshot!("generated_larger", text(shortest[12].1));
}

#[test]
fn the_same_for_the_same_seed() {
    for i in 0..20 {
        let bytes = |options: &GenerateOptions| {
            let program = nth(9, i, options).program();
            (program.modules.into_iter().map(|part| part.bytes).collect::<Vec<_>>(), program.calls)
        };
        assert_eq!(bytes(&GenerateOptions::default()), bytes(&GenerateOptions::default()));
    }
    let first = |i| nth(9, i, &GenerateOptions::default()).program().modules[0].bytes.clone();
    assert!((1..20).all(|i| first(0) != first(i)));
}

/// Bytes that end early, or never vary, make programs as well.
#[test]
fn any_bytes_will_do() {
    let random = bytes(1, 4096);
    let constant = [vec![0; 64], vec![0xff; 4096], vec![0x55; 4096], vec![0x80; 20_000]];
    let short = (0..300).map(|n| random[..n].to_vec());
    for bytes in constant.into_iter().chain(short) {
        let generated = generate(&mut arbitrary::Unstructured::new(&bytes), &GenerateOptions::default());
        assert!(!generated.modules.is_empty());
        for (_, module) in &generated.modules {
            validate(module, &mut lockstep_semantics::observe::Unobserved).unwrap();
        }
    }
}

#[test]
#[ignore = "a measurement: for an optimised build on a machine that does nothing else"]
fn speed() {
    let start = std::time::Instant::now();
    let mut modules = 0;
    for i in 0..5_000 {
        let program = nth(2, i, &GenerateOptions::default()).program();
        modules += program.modules.len();
        let mut session = SemanticsSession::new(&limits(), lockstep_semantics::observe::Unobserved);
        assert!(!session.run(&program).modules.is_empty());
    }
    println!("{:.0} modules a second", modules as f64 / start.elapsed().as_secs_f64());
}
