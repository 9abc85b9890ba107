//! Reads scripts: tokens to directives.
//!
//! A script is cut into pieces by its parentheses, and each piece becomes one directive, also if it cannot be read: then
//! it is a [`Command::Unread`] with the reason. Modules stay tokens until the directive is run.

use super::pattern::{Lane, Pattern};
use super::source::{self, Source};
use super::syntax::*;
use lockstep_engines::literal::{self, Shape};
use lockstep_engines::value::{RefVal, Val};
use lockstep_reports::DirectiveId;
use lockstep_semantics::text::{TokenKind, numbers, strings};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// How deep scripts, threads and alternatives may be nested.
const NESTING: u32 = 64;

/// The keywords that module fields begin with.
const FIELDS: [&str; 12] =
    ["type", "rec", "import", "tag", "global", "memory", "table", "func", "data", "elem", "start", "export"];

/// The keywords that directives begin with.
const COMMANDS: [&str; 20] = [
    "module",
    "component",
    "register",
    "invoke",
    "get",
    "assert_return",
    "assert_trap",
    "assert_exception",
    "assert_exhaustion",
    "assert_suspension",
    "assert_unlinkable",
    "assert_malformed",
    "assert_malformed_custom",
    "assert_invalid",
    "assert_invalid_custom",
    "thread",
    "wait",
    "script",
    "input",
    "output",
];

/// The constants of the component model.
const COMPONENT_VALUES: [&str; 22] = [
    "bool.const",
    "u8.const",
    "s8.const",
    "u16.const",
    "s16.const",
    "u32.const",
    "s32.const",
    "u64.const",
    "s64.const",
    "char.const",
    "str.const",
    "list.const",
    "record.const",
    "tuple.const",
    "variant.const",
    "enum.const",
    "option.none",
    "option.some",
    "result.ok",
    "result.err",
    "flags.const",
    "map.const",
];

/// The directives of a script, in its order.
pub(super) fn read<'a>(source: &'a Source<'a>) -> Vec<Directive<'a>> {
    let all = 0..source.tokens().len();
    if is_inline_module(source) {
        let module = Definition { source, form: Form::Text, place: source.place(0), tokens: all.clone() };
        let command = Command::Module { name: None, module, instantiate: true };
        return vec![made(source, &all, command)];
    }
    let mut directives = directives(source, all, 0);
    number(&mut directives, &mut FxHashMap::default());
    directives
}

/// A directive that was read from tokens, of which there is one at least.
fn made<'a>(source: &'a Source<'a>, tokens: &Range<usize>, command: Command<'a>) -> Directive<'a> {
    let content = content(tokens.clone().map(|i| source.slice(&(i..i + 1)).as_bytes()));
    Directive {
        place: source.place(tokens.start),
        last_line: source.last_line(tokens.end - 1),
        id: DirectiveId { content, ordinal: 1 },
        command,
    }
}

/// Tells directives of the same content apart by their order.
fn number(directives: &mut [Directive<'_>], seen: &mut FxHashMap<u64, u32>) {
    for directive in directives {
        let equals = seen.entry(directive.id.content).or_default();
        *equals += 1;
        directive.id.ordinal = *equals;
        if let Command::Thread(thread) = &mut directive.command {
            number(&mut thread.directives, seen);
        }
    }
}

/// `inline_module1`: whether a script is the fields of a module. It is not where a directive comes later, so that none is
/// lost.
fn is_inline_module(source: &Source<'_>) -> bool {
    let is = |i, keywords: &[&str]| source.token(i, TokenKind::Keyword).is_some_and(|word| keywords.contains(&word));
    let first = source.kind(0) == Some(TokenKind::Open) && is(1, &FIELDS);
    first && source.pieces(0..source.tokens().len()).all(|(piece, _)| !is(piece.start + 1, &COMMANDS))
}

fn directives<'a>(source: &'a Source<'a>, tokens: Range<usize>, depth: u32) -> Vec<Directive<'a>> {
    source.pieces(tokens).map(|(piece, shape)| directive(source, piece, shape, depth)).collect()
}

fn directive<'a>(source: &'a Source<'a>, piece: Range<usize>, shape: source::Shape, depth: u32) -> Directive<'a> {
    let mut reader = Reader { source, at: piece.start, end: piece.end, depth };
    let read = match shape {
        source::Shape::Form => reader.command(),
        source::Shape::Unclosed => Err(reader.fault(piece.start, "this parenthesis is not closed")),
        source::Shape::Stray => Err(reader.unexpected("a directive in parentheses")),
    };
    let command = read.unwrap_or_else(|Fault { at, message, proposal }| {
        let defines = defines(source, &piece);
        Command::Unread(Unread { place: source.place(at), message, proposal, defines })
    });
    made(source, &piece, command)
}

/// The definition that an unreadable form would have made; later directives may refer to it.
fn defines<'a>(source: &'a Source<'a>, piece: &Range<usize>) -> Option<Option<Name<'a>>> {
    let word = |i| source.token(i, TokenKind::Keyword);
    let head = word(piece.start + 1).filter(|_| source.kind(piece.start) == Some(TokenKind::Open))?;
    if !["module", "component"].contains(&head) {
        return None;
    }
    let name = piece.start + if word(piece.start + 2).is_some() { 3 } else { 2 };
    Some(source.token(name, TokenKind::Id).and_then(strings::id))
}

/// The pattern that is the whole of a source.
#[cfg(test)]
pub(super) fn pattern(source: &Source<'_>) -> Option<Pattern> {
    let mut reader = Reader { source, at: 0, end: source.tokens().len(), depth: 0 };
    reader.result().ok().filter(|_| reader.at == reader.end)
}

/// Why a form cannot be read.
struct Fault {
    at: usize,
    message: String,
    proposal: Option<&'static str>,
}

type Read<T> = Result<T, Fault>;

/// Reads the tokens of one form.
struct Reader<'a> {
    source: &'a Source<'a>,
    at: usize,
    end: usize,
    depth: u32,
}

/// `(module …)`, of whatever kind.
enum ScriptModule<'a> {
    Definition { name: Option<Name<'a>>, module: Definition<'a>, only: bool },
    Instance { instance: Option<Name<'a>>, module: Option<Name<'a>> },
}

impl<'a> Reader<'a> {
    fn fault(&self, at: usize, message: impl Into<String>) -> Fault {
        Fault { at, message: message.into(), proposal: None }
    }

    /// The form is one of a proposal.
    fn proposal(&self, proposal: &'static str, what: impl Into<String>) -> Fault {
        Fault { at: self.at, message: what.into(), proposal: Some(proposal) }
    }

    /// Something else stands here.
    fn unexpected(&self, expected: &str) -> Fault {
        let found = match self.source.tokens().get(self.at).filter(|_| self.at < self.end) {
            None => "the end".into(),
            Some(token) if token.kind() == TokenKind::Bad => self.source.tokens().fault(self.at).to_owned(),
            Some(token) => {
                let text = self.source.tokens().source(token);
                let cut = text.char_indices().nth(40).map_or(text.len(), |(i, _)| i);
                format!("`{}`", &text[..cut])
            }
        };
        self.fault(self.at, format!("expected {expected}, found {found}"))
    }

    fn kind(&self, ahead: usize) -> Option<TokenKind> {
        self.source.kind(self.at + ahead).filter(|_| self.at + ahead < self.end)
    }

    /// The next token, if it is of a kind.
    fn eat(&mut self, kind: TokenKind) -> Option<&'a str> {
        let token = self.source.token(self.at, kind).filter(|_| self.at < self.end)?;
        self.at += 1;
        Some(token)
    }

    fn expect(&mut self, kind: TokenKind, what: &str) -> Read<&'a str> {
        self.eat(kind).ok_or_else(|| self.unexpected(what))
    }

    /// Whether the next token is this keyword; it is gone then.
    fn eat_word(&mut self, word: &str) -> bool {
        let is =
            self.kind(0) == Some(TokenKind::Keyword) && self.source.token(self.at, TokenKind::Keyword) == Some(word);
        self.at += usize::from(is);
        is
    }

    /// The keyword after the parenthesis that stands here.
    fn head(&self) -> Option<&'a str> {
        (self.kind(0) == Some(TokenKind::Open) && self.kind(1).is_some())
            .then(|| self.source.token(self.at + 1, TokenKind::Keyword))?
    }

    /// Goes past a parenthesis and its keyword.
    fn open(&mut self) {
        self.at += 2;
    }

    fn close(&mut self) -> Read<()> {
        self.expect(TokenKind::Close, "`)`").map(drop)
    }

    /// A `$name`, if there is one.
    fn id(&mut self) -> Read<Option<Name<'a>>> {
        let at = self.at;
        match self.eat(TokenKind::Id) {
            None => Ok(None),
            Some(token) => {
                strings::id(token).map(Some).ok_or_else(|| self.fault(at, "an identifier that is not UTF-8"))
            }
        }
    }

    fn name(&mut self, what: &str) -> Read<Name<'a>> {
        let at = self.at;
        let token = self.expect(TokenKind::String, what)?;
        strings::name(token).ok_or_else(|| self.fault(at, "malformed UTF-8 encoding"))
    }

    /// A text that tells what is expected. It need not be UTF-8, as nothing that has to be would begin with it.
    fn message(&mut self) -> Read<Name<'a>> {
        let token = self.expect(TokenKind::String, "a string")?;
        Ok(strings::name(token).unwrap_or_else(|| String::from_utf8_lossy(&strings::string(token)).into_owned().into()))
    }

    /// Does something one level deeper.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth == NESTING {
            return Err(
                self.fault(self.at, format!("nested deeper than {NESTING} levels (a limit of this implementation)"))
            );
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// All directives up to the parenthesis that closes this form.
    fn directives(&mut self) -> Read<Vec<Directive<'a>>> {
        self.deeper(|reader| {
            let inner = reader.at..reader.end - 1;
            reader.at = inner.end;
            Ok(directives(reader.source, inner, reader.depth))
        })
    }

    /// `cmd`
    fn command(&mut self) -> Read<Command<'a>> {
        let Some(head) = self.head() else {
            self.at += 1;
            return Err(self.unexpected("the keyword of a directive"));
        };
        let how = match head {
            "assert_malformed" => Some(Rejection::Malformed),
            "assert_malformed_custom" => Some(Rejection::MalformedCustom),
            "assert_invalid" => Some(Rejection::Invalid),
            "assert_invalid_custom" => Some(Rejection::InvalidCustom),
            _ => None,
        };
        let command = match head {
            "module" | "component" => {
                return Ok(match self.module()? {
                    ScriptModule::Definition { name, module, only } => {
                        Command::Module { name, module, instantiate: !only }
                    }
                    ScriptModule::Instance { instance, module } => Command::Instance { instance, module },
                });
            }
            "invoke" | "get" => return self.action().map(Command::Action),
            _ if how.is_some() || COMMANDS.contains(&head) => {
                self.open();
                match (head, how) {
                    (_, Some(how)) => match self.module()? {
                        ScriptModule::Definition { module, .. } => {
                            Command::AssertRejected { how, module, message: self.message()? }
                        }
                        ScriptModule::Instance { .. } => {
                            return Err(self.fault(self.at - 1, "expected a module, found an instance"));
                        }
                    },
                    _ => self.rest_of(head)?,
                }
            }
            _ => {
                let message = format!("there is no directive `{head}`");
                return Err(self.fault(self.at + 1, message));
            }
        };
        self.close()?;
        Ok(command)
    }

    /// Reads the rest of a directive, after its keyword.
    fn rest_of(&mut self, head: &str) -> Read<Command<'a>> {
        Ok(match head {
            "register" => Command::Register { name: self.name("a name in quotation marks")?, instance: self.id()? },
            "assert_return" => Command::AssertReturn { subject: self.subject()?, results: self.results()? },
            "assert_trap" => Command::AssertTrap { subject: self.subject()?, message: self.message()? },
            "assert_exception" => Command::AssertException { subject: self.subject()? },
            "assert_exhaustion" => Command::AssertExhaustion { action: self.action()?, message: self.message()? },
            "assert_unlinkable" => Command::AssertUnlinkable { module: self.instantiated()?, message: self.message()? },
            "assert_suspension" => {
                self.at = self.end - 1;
                Command::AssertSuspension
            }
            "thread" => Command::Thread(self.thread()?),
            "wait" => Command::Wait(self.thread_name()?),
            "script" => Command::Script { name: self.id()?, directives: self.directives()? },
            "input" => Command::Input { name: self.id()?, file: self.name("the name of a file")? },
            _ => {
                let name = self.id()?;
                let to_file = self.kind(0) == Some(TokenKind::String);
                let file = if to_file { Some(self.name("the name of a file")?) } else { None };
                Command::Output { name, file }
            }
        })
    }

    /// `script_module` or `instance`
    fn module(&mut self) -> Read<ScriptModule<'a>> {
        match self.head() {
            Some("module") => {}
            Some("component") => return Err(self.proposal("component-model", "a component")),
            _ => return Err(self.unexpected("`(module`")),
        }
        let open = self.at;
        // Whoever came here by way of a form that is closed has all of its inner ones closed.
        let close = self.source.tokens().close(open).filter(|&close| close < self.end);
        let close = close.ok_or_else(|| self.fault(open, "this parenthesis is not closed"))?;
        self.open();
        if self.eat_word("instance") {
            let (first, second) = (self.id()?, self.id()?);
            self.close()?;
            // With one name, it is that of the module.
            let (instance, module) = if second.is_some() { (first, second) } else { (None, first) };
            return Ok(ScriptModule::Instance { instance, module });
        }
        let only = self.eat_word("definition");
        let name = self.id()?;
        let word = self.at;
        let form = match (self.eat_word("binary"), word == self.at && self.eat_word("quote")) {
            (true, _) => Form::Binary,
            (_, true) => Form::Quote,
            _ => Form::Text,
        };
        let source = self.source;
        let module = match form {
            Form::Text => {
                let tokens = if only { self.at..close } else { open..close + 1 };
                Definition { source, form, tokens, place: source.place(open) }
            }
            Form::Binary | Form::Quote => {
                let tokens = self.at..close;
                while self.at < close {
                    self.expect(TokenKind::String, "a string")?;
                }
                Definition { source, form, tokens, place: source.place(word) }
            }
        };
        self.at = close + 1;
        Ok(ScriptModule::Definition { name, module, only })
    }

    /// `script_instance`
    fn instantiated(&mut self) -> Read<Instantiated<'a>> {
        let open = self.at;
        match self.module()? {
            ScriptModule::Definition { only: true, .. } => Err(self.fault(open, "misplaced module definition")),
            ScriptModule::Definition { module, .. } => Ok(Instantiated::Module(module)),
            ScriptModule::Instance { module, .. } => Ok(Instantiated::Named(module)),
        }
    }

    /// `action` or `script_instance`
    fn subject(&mut self) -> Read<Subject<'a>> {
        match self.head() {
            Some("module" | "component") => self.instantiated().map(Subject::Instantiation),
            _ => self.action().map(Subject::Action),
        }
    }

    /// `action`
    fn action(&mut self) -> Read<Action<'a>> {
        let is_call = match self.head() {
            Some("invoke") => true,
            Some("get") => false,
            _ => return Err(self.unexpected("`(invoke` or `(get`")),
        };
        self.open();
        let (instance, name) = (self.id()?, self.name("the name of an export")?);
        if !is_call {
            self.close()?;
            return Ok(Action::Get { instance, name });
        }
        let mut args = Vec::new();
        while self.eat(TokenKind::Close).is_none() {
            args.push(self.literal()?);
        }
        Ok(Action::Invoke { instance, name, args })
    }

    /// `(thread $name (shared (module $shared))? cmd*)`
    fn thread(&mut self) -> Read<Thread<'a>> {
        let name = self.thread_name()?;
        let shared = if self.head() == Some("shared") {
            self.open();
            if self.head() != Some("module") {
                return Err(self.unexpected("`(module`"));
            }
            self.open();
            let shared = self.id()?.ok_or_else(|| self.unexpected("the name of a module"))?;
            self.close()?;
            self.close()?;
            Some(shared)
        } else {
            None
        };
        Ok(Thread { name, shared, directives: self.directives()? })
    }

    fn thread_name(&mut self) -> Read<Name<'a>> {
        self.id()?.ok_or_else(|| self.unexpected("the name of a thread"))
    }

    /// `literal`
    fn literal(&mut self) -> Read<Val> {
        let at = self.at;
        match self.result()? {
            Pattern::I32(i) => Ok(Val::I32(i)),
            Pattern::I64(i) => Ok(Val::I64(i)),
            Pattern::F32(Lane::Exactly(bits)) => Ok(Val::F32(bits as u32)),
            Pattern::F64(Lane::Exactly(bits)) => Ok(Val::F64(bits)),
            Pattern::V128(shape, lanes) => {
                let bits = lanes.into_iter().map(|lane| match lane {
                    Lane::Exactly(bits) => Ok(bits),
                    Lane::Canonical | Lane::Arithmetic => Err(self.fault(at, "a value, not a pattern, is an argument")),
                });
                Ok(Val::V128(shape.join(bits.collect::<Read<Vec<u64>>>()?)))
            }
            // Without a type it is a pattern.
            Pattern::Null if self.source.kind(at + 2) != Some(TokenKind::Close) => Ok(Val::Ref(RefVal::Null)),
            Pattern::Extern(Some(n)) => Ok(Val::Ref(RefVal::Extern(Some(n)))),
            Pattern::Host(n) => Ok(Val::Ref(RefVal::Host(n))),
            _ => Err(self.fault(at, "a value, not a pattern, is an argument")),
        }
    }

    fn results(&mut self) -> Read<Vec<Pattern>> {
        let mut results = Vec::new();
        while self.kind(0) == Some(TokenKind::Open) {
            results.push(self.result()?);
        }
        Ok(results)
    }

    /// `result`
    fn result(&mut self) -> Read<Pattern> {
        let Some(head) = self.head() else { return Err(self.unexpected("a value in parentheses")) };
        if COMPONENT_VALUES.contains(&head) {
            return Err(self.proposal("component-model", "a value of the component model"));
        }
        let keyword = self.at + 1;
        self.open();
        let pattern = match head {
            "i32.const" | "i64.const" | "f32.const" | "f64.const" => self.number(head)?,
            "v128.const" => self.vector()?,
            "ref" => Pattern::Ref,
            "ref.null" => {
                if self.kind(0) != Some(TokenKind::Close) {
                    self.heaptype()?;
                }
                Pattern::Null
            }
            "ref.extern" if self.kind(0) == Some(TokenKind::Number) => Pattern::Extern(Some(self.natural()?)),
            "ref.extern" => Pattern::Extern(None),
            "ref.host" => Pattern::Host(self.natural()?),
            "ref.any" => Pattern::Any,
            "ref.eq" => Pattern::Eq,
            "ref.i31" => Pattern::I31,
            "ref.i31_shared" => Pattern::I31Shared,
            "ref.struct" => Pattern::Struct,
            "ref.array" => Pattern::Array,
            "ref.func" => Pattern::Func,
            "ref.exn" => Pattern::Exn,
            "ref.cont" => return Err(self.proposal("stack-switching", "a reference to a continuation")),
            "either" => self.deeper(|reader| {
                let first = reader.result()?;
                let mut all = vec![first];
                all.append(&mut reader.results()?);
                Ok(Pattern::Either(all))
            })?,
            _ => return Err(self.fault(keyword, format!("there is no value `{head}`"))),
        };
        self.close()?;
        Ok(pattern)
    }

    /// `num`, or `NAN` where the type has some
    fn number(&mut self, keyword: &str) -> Read<Pattern> {
        let at = self.at;
        let token = self.literal_token()?;
        let nan = match token {
            "nan:canonical" => Some(Lane::Canonical),
            "nan:arithmetic" => Some(Lane::Arithmetic),
            _ => None,
        };
        match (keyword, nan, literal::number(keyword, token)) {
            ("f32.const", Some(nan), _) => Ok(Pattern::F32(nan)),
            ("f64.const", Some(nan), _) => Ok(Pattern::F64(nan)),
            (_, _, Some(Val::I32(i))) => Ok(Pattern::I32(i)),
            (_, _, Some(Val::I64(i))) => Ok(Pattern::I64(i)),
            (_, _, Some(Val::F32(bits))) => Ok(Pattern::F32(Lane::Exactly(bits.into()))),
            (_, _, Some(Val::F64(bits))) => Ok(Pattern::F64(Lane::Exactly(bits))),
            _ => Err(self.fault(at, format!("`{token}` is no number for `{keyword}`"))),
        }
    }

    /// `VECSHAPE numpat*`
    fn vector(&mut self) -> Read<Pattern> {
        let at = self.at;
        let name = self.expect(TokenKind::Keyword, "the shape of a vector")?;
        if name == "f16x8" {
            return Err(self.proposal("half-precision", "a vector of 16-bit floating-point numbers"));
        }
        let shape = Shape::named(name).ok_or_else(|| self.fault(at, format!("there is no shape `{name}`")))?;
        let mut lanes = Vec::with_capacity(shape.lanes());
        while self.kind(0) != Some(TokenKind::Close) {
            let at = self.at;
            let token = self.literal_token()?;
            lanes.push(match token {
                "nan:canonical" if shape.float => Lane::Canonical,
                "nan:arithmetic" if shape.float => Lane::Arithmetic,
                _ => match shape.lane(token) {
                    Some(bits) => Lane::Exactly(bits),
                    None => return Err(self.fault(at, format!("`{token}` is no lane of an {name}"))),
                },
            });
        }
        if lanes.len() != shape.lanes() {
            return Err(self.fault(at, "wrong number of lane literals"));
        }
        Ok(Pattern::V128(shape, lanes))
    }

    /// A number, or one of the keywords that are floating-point numbers.
    fn literal_token(&mut self) -> Read<&'a str> {
        match self.eat(TokenKind::Number) {
            Some(token) => Ok(token),
            None => self.expect(TokenKind::Keyword, "a number"),
        }
    }

    /// `NAT`, of 32 bits
    fn natural(&mut self) -> Read<u32> {
        let at = self.at;
        let token = self.expect(TokenKind::Number, "a number")?;
        numbers::uint(token, 32).map(|n| n as u32).ok_or_else(|| self.fault(at, format!("`{token}` is no u32")))
    }

    /// `heaptype`, of which no more than the form matters
    fn heaptype(&mut self) -> Read<()> {
        match self.head() {
            Some("shared") => {
                self.open();
                self.absheaptype()?;
                self.close()
            }
            Some("exact") => Err(self.proposal("custom-descriptors", "an exact type")),
            _ if self.kind(0) == Some(TokenKind::Number) => self.natural().map(drop),
            _ => self.absheaptype(),
        }
    }

    /// `absheaptype`
    fn absheaptype(&mut self) -> Read<()> {
        const TYPES: [&str; 12] =
            ["any", "none", "eq", "i31", "struct", "array", "func", "nofunc", "exn", "noexn", "extern", "noextern"];
        let at = self.at;
        match self.expect(TokenKind::Keyword, "a heap type")? {
            "cont" | "nocont" => Err(self.proposal("stack-switching", "a continuation type")),
            word if TYPES.contains(&word) => Ok(()),
            word => Err(self.fault(at, format!("there is no heap type `{word}`"))),
        }
    }
}
