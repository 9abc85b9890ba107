//! The GitHub Action and the workflows that show how it is used: their steps are run as GitHub would.

mod common;

use common::{FAILING, PASSING, Place};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use yaml_rust2::{Yaml, YamlLoader};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn yaml(path: &Path) -> Yaml {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    YamlLoader::load_from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display())).remove(0)
}

fn keys(yaml: &Yaml) -> BTreeSet<&str> {
    yaml.as_hash().expect("a mapping").keys().map(|key| key.as_str().expect("a string")).collect()
}

fn text(yaml: &Yaml) -> &str {
    yaml.as_str().unwrap_or_else(|| panic!("not a string: {yaml:?}"))
}

/// What came of the step that runs the command.
struct Step {
    code: i32,
    outputs: BTreeMap<String, String>,
    summary: String,
    stderr: String,
}

/// Runs the last step of the action with some inputs, in a folder.
fn step(place: &Place, inputs: &[(&str, &str)]) -> Step {
    let action = yaml(&root().join("action.yml"));
    let step = action["runs"]["steps"].as_vec().unwrap().last().unwrap();
    let known = keys(&action["inputs"]);
    assert!(inputs.iter().all(|(name, _)| known.contains(name)), "{inputs:?} and {known:?}");
    let (output, summary) = (place.path("output"), place.path("summary"));
    let _ = (fs::remove_file(&output), fs::remove_file(&summary));
    let mut command = Command::new("bash");
    command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", text(&step["run"])]);
    for (name, value) in step["env"].as_hash().unwrap() {
        let (name, value) = (text(name), text(value));
        let value = match value.strip_prefix("${{ ").and_then(|value| value.strip_suffix(" }}")) {
            Some("github.action_path") => root().display().to_string(),
            Some(input) => {
                let input = input.strip_prefix("inputs.").unwrap_or_else(|| panic!("{value}"));
                let given = inputs.iter().find(|(name, _)| *name == input).map(|(_, value)| *value);
                given.unwrap_or_else(|| text(&action["inputs"][input]["default"])).to_owned()
            }
            None => {
                assert_eq!(value, "${{ runner.temp }}/lockstep/bin/lockstep");
                env!("CARGO_BIN_EXE_lockstep").to_owned()
            }
        };
        command.env(name, value);
    }
    command.env("GITHUB_OUTPUT", &output).env("GITHUB_STEP_SUMMARY", &summary);
    let ran = command.current_dir(place.path("")).stdin(Stdio::null()).output().unwrap();
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let outputs = read(&output);
    let outputs = outputs.lines().filter_map(|line| line.split_once('='));
    Step {
        code: ran.status.code().expect("no signal"),
        outputs: outputs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        summary: read(&summary),
        stderr: String::from_utf8(ran.stderr).unwrap(),
    }
}

/// Every input is passed on, and every output is one that the script writes for some command.
#[test]
fn the_action_and_its_script_have_the_same_words() {
    let action = yaml(&root().join("action.yml"));
    let script = fs::read_to_string(root().join("harness/action/run.sh")).unwrap();
    let step = action["runs"]["steps"].as_vec().unwrap().last().unwrap();
    let passed: BTreeSet<&str> = step["env"]
        .as_hash()
        .unwrap()
        .iter()
        .filter_map(|(name, value)| {
            let input = text(value).strip_prefix("${{ inputs.")?.strip_suffix(" }}")?;
            assert!(script.contains(&format!("${{{}:-", text(name))), "the script does not read {name:?}");
            Some(input)
        })
        .collect();
    let mut inputs = keys(&action["inputs"]);
    assert!(inputs.remove("install-engines"), "that one is for a step of its own");
    assert_eq!(passed, inputs);
    for output in keys(&action["outputs"]) {
        assert!(script.contains(&format!("output {output} ")), "the script does not write {output}");
        assert_eq!(text(&action["outputs"][output]["value"]), format!("${{{{ steps.run.outputs.{output} }}}}"));
    }
}

#[test]
fn conform_merge_and_site() {
    let place = Place::with(&[("suite/one.wast", PASSING), ("suite/two.wast", FAILING)]);
    let ran = step(&place, &[("suite", "suite\n")]);
    assert_eq!((ran.code, ran.outputs["result"].as_str(), ran.outputs["exit-code"].as_str()), (1, "findings", "1"));
    assert!(
        !ran.summary.is_empty() && ran.summary == fs::read_to_string(place.path("lockstep-report/summary.md")).unwrap()
    );
    for output in ["report", "brief", "junit", "html", "markdown"] {
        assert!(place.path(&ran.outputs[output]).is_file(), "{output}");
    }
    let ran = step(&place, &[("suite", "suite"), ("fail-on-findings", "false")]);
    assert_eq!((ran.code, ran.outputs["result"].as_str()), (0, "findings"));
    let ran = step(&place, &[("suite", "suite"), ("baseline", "none.json")]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("there is no baseline none.json"), "{}", ran.stderr);
    let ran = step(&place, &[("suite", "suite"), ("baseline", "lockstep-report/report.json"), ("out", "second")]);
    assert_eq!((ran.code, ran.outputs["result"].as_str()), (0, "passed"));
    place.write("e.toml", "[[expect]]\nfile = \"two.wast\"\nverdict = \"fail\"\nreason = \"known\"\n");
    let expected = [("suite", "suite"), ("expectations", "e.toml"), ("engines", "\n  semantics  \n")];
    assert_eq!(step(&place, &expected).code, 0);
    // What can vouch for nothing fails in any case.
    let limit = [("suite", "suite/one.wast"), ("options", "--max-steps\n1"), ("fail-on-findings", "false")];
    let ran = step(&place, &limit);
    assert_eq!((ran.code, ran.outputs["result"].as_str()), (2, "incomplete"));

    let shard = |part: &str, out: &str| {
        let ran = step(&place, &[("suite", "suite"), ("expectations", "e.toml"), ("shard", part), ("out", out)]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    };
    shard("1/2", "shards/a");
    let ran = step(&place, &[("command", "merge"), ("state", "shards")]);
    assert_eq!((ran.code, ran.outputs["result"].as_str()), (2, "incomplete"), "{}", ran.stderr);
    shard("2/2", "shards/b");
    let ran = step(&place, &[("command", "merge"), ("state", "shards")]);
    assert_eq!((ran.code, ran.outputs["result"].as_str()), (0, "passed"), "{}", ran.stderr);

    let ran = step(&place, &[("command", "site"), ("state", "shards/a"), ("out", "pages")]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(place.path(&ran.outputs["site"]).join("index.html").is_file());
    for wrong in [&[("command", "nothing")][..], &[("fail-on-findings", "yes")], &[("command", "site")]] {
        assert_eq!(step(&place, wrong).code, 2, "{wrong:?}");
    }
}

/// A campaign goes on where it was.
#[test]
fn fuzz() {
    let place = Place::new();
    let inputs = [("command", "fuzz"), ("state", "campaign"), ("time", "1"), ("engines", "wasmtime")];
    let programs = || common::json(&place, "campaign/campaign.json")["tally"]["programs"].as_u64().unwrap();
    let ran = step(&place, &inputs);
    assert!(ran.code < 2, "{}", ran.stderr);
    let first = programs();
    assert!(first > 0 && ran.summary.contains("programs"), "{}", ran.summary);
    step(&place, &inputs);
    assert!(programs() > first);
}

/// The workflows use the action with inputs that it has, and pin what they use.
#[test]
fn workflows() {
    let known = yaml(&root().join("action.yml"));
    let (inputs, outputs) = (keys(&known["inputs"]), keys(&known["outputs"]));
    let mut used = 0;
    for entry in fs::read_dir(root().join("examples/workflows")).unwrap() {
        let path = entry.unwrap().path();
        let workflow = yaml(&path);
        for (_, job) in workflow["jobs"].as_hash().unwrap() {
            let mut ids = BTreeSet::new();
            for step in job["steps"].as_vec().unwrap() {
                let Some(uses) = step["uses"].as_str() else { continue };
                assert!(uses.split_once('@').is_some_and(|(_, version)| version.starts_with('v')), "{uses}");
                if !uses.starts_with("lockstep-wasm/lockstep@") {
                    continue;
                }
                used += 1;
                assert_eq!(uses, format!("lockstep-wasm/lockstep@v{}", env!("CARGO_PKG_VERSION")));
                ids.extend(step["id"].as_str());
                let with = keys(&step["with"]);
                assert!(with.is_subset(&inputs), "{}: {with:?}", path.display());
            }
            let source = fs::read_to_string(&path).unwrap();
            for id in ids {
                for part in source.split(&format!("steps.{id}.outputs.")).skip(1) {
                    let name: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect();
                    assert!(outputs.contains(name.as_str()), "{}: {name}", path.display());
                }
            }
        }
    }
    assert!(used >= 5, "{used}");
}
