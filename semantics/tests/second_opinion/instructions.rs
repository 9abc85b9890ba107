//! Random instructions with random immediates, in a module that has something of everything. Many begin in unreachable
//! code, where all operands may be assumed, so that the verdict depends on the immediates and on the few operands that are
//! there.

use super::{Random, Tally, changes};
use lockstep_semantics::decode::decode_text;
use wasmparser::{Parser, Payload};

const MODULE: &str = r#"(module
  (type (func))
  (type (func (param i32) (result i32)))
  (type (func (param i32 i64) (result f32)))
  (type (sub (struct)))
  (type (sub 3 (struct (field (mut i32) i8 (mut (ref null 3)) (mut i16)))))
  (type (sub final 4 (struct (field (mut i32) i8 (mut (ref null 3)) (mut i16) (ref 3)))))
  (type (array (mut i32)))
  (type (array i8))
  (type (array (mut anyref)))
  (type (array (mut (ref null func))))
  (type (array (mut (ref 3))))
  (type (sub (func (result anyref))))
  (type (sub 11 (func (result eqref))))
  (type (func (param i32 i32) (result i32 i32)))
  (rec (type (sub (array (mut v128)))) (type (sub 14 (array (mut v128)))))
  (import "" "" (func (type 0)))
  (import "" "" (func (type 1)))
  (import "" "" (func (type 2)))
  (import "" "" (func (type 11)))
  (import "" "" (func (type 12)))
  (import "" "" (func (type 13)))
  (import "" "" (global i32))
  (import "" "" (global (mut i64)))
  (import "" "" (global (mut anyref)))
  (import "" "" (global (ref 4)))
  (import "" "" (global (mut (ref null 11))))
  (import "" "" (table 1 funcref))
  (import "" "" (table i64 1 anyref))
  (import "" "" (table 1 externref))
  (import "" "" (table i64 1 (ref null 11)))
  (import "" "" (memory 1))
  (import "" "" (memory i64 1))
  (import "" "" (tag))
  (import "" "" (tag (param i32)))
  (import "" "" (tag (param anyref (ref null 4))))
  (elem funcref (ref.func 0) (ref.func 3))
  (elem anyref (ref.null none))
  (elem (ref 11) (ref.func 4))
  (func (param i32 i64 f32 f64 v128) (result i32)
    (local anyref eqref i31ref structref arrayref nullref funcref nullfuncref externref nullexternref exnref)
    (local (ref null 3) (ref null 4) (ref 4) (ref null 6) (ref null 8) (ref null 11) (ref 12) (ref extern) (ref any))
    unreachable)
  (data "") (data ""))"#;

const LOCALS: usize = 25;

/// The module up to its code section, the declarations of the locals, and what comes after the code section.
struct Frame {
    before: Vec<u8>,
    locals: Vec<u8>,
    after: Vec<u8>,
}

impl Frame {
    fn new() -> Frame {
        let (bytes, _) = decode_text(MODULE).unwrap();
        let (mut end, mut code) = (0, None);
        let mut locals = Vec::new();
        for payload in Parser::new(0).parse_all(&bytes) {
            let payload = payload.unwrap();
            let range = payload.as_section().map(|(_, range)| range);
            if let (Payload::CodeSectionStart { .. }, Some(range)) = (&payload, &range) {
                code = Some((end, range.end as usize));
            }
            if let Payload::CodeSectionEntry(body) = &payload {
                let operators = body.get_operators_reader().unwrap().original_position();
                locals = bytes[body.range().start as usize..operators as usize].to_vec();
            }
            if let Some(range) = range {
                end = range.end as usize;
            }
        }
        let (start, end) = code.unwrap();
        Frame { before: bytes[..start].to_vec(), locals, after: bytes[end..].to_vec() }
    }

    fn with(&self, body: &[u8]) -> Vec<u8> {
        let mut section = vec![1];
        leb(&mut section, (self.locals.len() + body.len() + 1) as u64);
        section.extend([&self.locals, body, &[0x0B]].concat());
        let mut bytes = [&self.before[..], &[10]].concat();
        leb(&mut bytes, section.len() as u64);
        [bytes, section, self.after.clone()].concat()
    }
}

fn leb(bytes: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        bytes.push(n as u8 | 0x80);
        n >>= 7;
    }
    bytes.push(n as u8);
}

struct Generator<'a> {
    random: &'a mut Random,
    bytes: Vec<u8>,
    depth: usize,
}

impl Generator<'_> {
    fn byte(&mut self, n: usize) {
        let byte = self.random.below(n) as u8;
        self.bytes.push(byte);
    }

    fn heaptype(&mut self) {
        const ABSTRACT: [u8; 12] = [0x6E, 0x6D, 0x6C, 0x6B, 0x6A, 0x71, 0x70, 0x73, 0x69, 0x74, 0x6F, 0x72];
        match self.random.below(2) {
            0 => self.byte(17),
            _ => self.bytes.push(ABSTRACT[self.random.below(12)]),
        }
    }

    fn valtype(&mut self) {
        match self.random.below(2) {
            0 => self.bytes.push([0x7F, 0x7E, 0x7D, 0x7C, 0x7B][self.random.below(5)]),
            _ => {
                self.bytes.push([0x63, 0x64][self.random.below(2)]);
                self.heaptype();
            }
        }
    }

    fn blocktype(&mut self) {
        match self.random.below(4) {
            0 | 1 => self.bytes.push(0x40),
            2 => self.valtype(),
            _ => self.byte(14),
        }
    }

    fn label(&mut self) {
        self.byte(self.depth + 2);
    }

    fn memarg(&mut self) {
        let (align, memory) = (self.random.below(5), self.random.below(5));
        match memory {
            0 | 1 => self.bytes.push(align as u8),
            _ => self.bytes.extend([align as u8 | 0x40, memory as u8 - 2]),
        }
        let offset = [0, 1, 1 << 32, u64::MAX][self.random.below(4)];
        leb(&mut self.bytes, if self.random.below(4) == 0 { offset } else { 0 });
    }

    fn nested(&mut self, sequences: usize) {
        self.depth += 1;
        for i in 0..sequences {
            if i > 0 {
                self.bytes.push(0x05);
            }
            let n = self.random.below(4);
            self.instructions(n);
        }
        self.bytes.push(0x0B);
        self.depth -= 1;
    }

    fn instructions(&mut self, n: usize) {
        for _ in 0..n {
            match self.random.below(6) {
                0 | 1 => {
                    self.bytes.push(0x20);
                    self.byte(LOCALS + 1);
                }
                2 => self.control(),
                3 => {
                    let opcodes = [(0x1A, 0x1B), (0x20, 0x26), (0x28, 0x44), (0x45, 0xC4), (0xD0, 0xD6)];
                    let (first, last) = opcodes[self.random.below(5)];
                    let opcode = first + self.random.below(last - first + 1) as u8 as usize;
                    self.plain(opcode as u8);
                }
                4 => self.gc(),
                _ if self.random.below(2) == 0 => self.bulk(),
                _ => self.vector(),
            }
        }
    }

    /// A few operands, an instruction that depends on the types of operands and labels, and what becomes of its results,
    /// inside blocks with results.
    fn focused(&mut self) {
        let blocks = self.random.below(4);
        for _ in 0..blocks {
            self.bytes.push(0x02);
            match self.random.below(6) {
                0 => self.bytes.push(0x40),
                1 => self.byte(14),
                _ => self.valtype(),
            }
        }
        self.depth = blocks;
        if self.random.below(2) == 0 {
            self.bytes.push(0x00);
        }
        for _ in 0..1 + self.random.below(2) {
            for _ in 0..self.random.below(3) {
                self.bytes.push(0x20);
                self.byte(LOCALS);
            }
            self.branch();
        }
        for _ in 0..self.random.below(3) {
            match self.random.below(3) {
                0 => self.bytes.push(0x1A),
                1 => {
                    self.bytes.push(0x21);
                    self.byte(LOCALS);
                }
                _ => {
                    self.bytes.push(0x0C);
                    self.label();
                }
            }
        }
        for _ in 0..blocks {
            self.bytes.push(0x0B);
            if self.random.below(2) == 0 {
                self.bytes.push(0x00);
            }
        }
        self.depth = 0;
    }

    fn branch(&mut self) {
        const OPCODES: [u8; 11] = [0x0D, 0x0E, 0x0E, 0x12, 0x13, 0x15, 0x1B, 0xD1, 0xD4, 0xD5, 0xD6];
        let opcode = match self.random.below(OPCODES.len() + 8) {
            n @ 0..11 => OPCODES[n],
            n @ 11..=14 => {
                let opcode = [24, 25, 26, 27][n - 11];
                return self.gc_with(opcode);
            }
            n => {
                let opcode = [20, 22, 0, 10][n - 15];
                return self.gc_with(opcode);
            }
        };
        if matches!(opcode, 0x0E) && self.random.below(2) == 0 {
            self.bytes.extend([0x41, 0]);
        }
        match opcode {
            0x0D..=0x15 => self.control_with(opcode),
            _ => self.plain(opcode),
        }
    }

    fn control(&mut self) {
        const OPCODES: [u8; 20] = [
            0x00, 0x01, 0x02, 0x03, 0x04, 0x08, 0x0A, 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x1F,
            0x02, 0x1C,
        ];
        let opcode = OPCODES[self.random.below(OPCODES.len())];
        if matches!(opcode, 0x02..=0x04 | 0x1F) && self.depth > 3 {
            return;
        }
        self.control_with(opcode);
    }

    fn control_with(&mut self, opcode: u8) {
        self.bytes.push(opcode);
        match opcode {
            0x02 | 0x03 => {
                self.blocktype();
                self.nested(1);
            }
            0x04 => {
                self.blocktype();
                let sequences = 1 + self.random.below(2);
                self.nested(sequences);
            }
            0x08 => self.byte(4),
            0x0C | 0x0D => self.label(),
            0x0E => {
                let n = self.random.below(4);
                self.bytes.push(n as u8);
                (0..=n).for_each(|_| self.label());
            }
            0x10 | 0x12 => self.byte(8),
            0x11 | 0x13 => {
                self.byte(17);
                self.byte(5);
            }
            0x14 | 0x15 => self.byte(17),
            0x1C => {
                let n = if self.random.below(8) == 0 { self.random.below(3) } else { 1 };
                self.bytes.push(n as u8);
                (0..n).for_each(|_| self.valtype());
            }
            0x1F => {
                self.blocktype();
                let n = self.random.below(3);
                self.bytes.push(n as u8);
                for _ in 0..n {
                    let kind = self.random.below(4) as u8;
                    self.bytes.push(kind);
                    if kind < 2 {
                        self.byte(4);
                    }
                    self.label();
                }
                self.nested(1);
            }
            _ => {}
        }
    }

    fn plain(&mut self, opcode: u8) {
        self.bytes.push(opcode);
        match opcode {
            0x20..=0x22 => self.byte(LOCALS + 1),
            0x23 | 0x24 => self.byte(6),
            0x25 | 0x26 => self.byte(5),
            0x28..=0x3E => self.memarg(),
            0x3F | 0x40 => self.byte(3),
            0x41 | 0x42 => self.byte(0x40),
            0x43 => self.bytes.extend([0; 4]),
            0x44 => self.bytes.extend([0; 8]),
            0xD0 => self.heaptype(),
            0xD2 => self.byte(8),
            0xD5 | 0xD6 => self.label(),
            _ => {}
        }
    }

    fn gc(&mut self) {
        let opcode = self.random.below(31) as u8;
        self.gc_with(opcode);
    }

    fn gc_with(&mut self, opcode: u8) {
        self.bytes.extend([0xFB, opcode]);
        match opcode {
            0 | 1 | 6 | 7 | 11..=14 | 16 => self.byte(17),
            2..=5 => {
                self.byte(17);
                self.byte(6);
            }
            8..=10 | 18 | 19 => {
                self.byte(17);
                self.byte(4);
            }
            17 => {
                self.byte(17);
                self.byte(17);
            }
            20..=23 => self.heaptype(),
            24 | 25 => {
                self.byte(4);
                self.label();
                self.heaptype();
                self.heaptype();
            }
            _ => {}
        }
    }

    fn bulk(&mut self) {
        let opcode = self.random.below(18) as u8;
        self.bytes.extend([0xFC, opcode]);
        match opcode {
            8 | 10 => {
                self.byte(3);
                self.byte(3);
            }
            9 | 11 => self.byte(3),
            12 => {
                self.byte(4);
                self.byte(5);
            }
            14 => {
                self.byte(5);
                self.byte(5);
            }
            13 => self.byte(4),
            15..=17 => self.byte(5),
            _ => {}
        }
    }

    fn vector(&mut self) {
        let opcode = self.random.below(0x114) as u64;
        self.bytes.push(0xFD);
        leb(&mut self.bytes, opcode);
        match opcode {
            0..=11 | 92 | 93 => self.memarg(),
            84..=91 => {
                self.memarg();
                self.byte(18);
            }
            12 => self.bytes.extend([0; 16]),
            13 => (0..16).for_each(|_| self.byte(33)),
            21..=34 => self.byte(18),
            _ => {}
        }
    }
}

#[test]
fn random_instructions() {
    let frame = Frame::new();
    let mut tally = Tally::default();
    let mut random = Random(7);
    for i in 0..60_000 * changes() {
        let mut generator = Generator { random: &mut random, bytes: Vec::new(), depth: 0 };
        if generator.random.below(4) > 0 {
            generator.bytes.push(0x00);
        }
        let n = 1 + generator.random.below(6).min(generator.random.below(6));
        generator.instructions(n);
        // What is on the stack at the end matters now and then.
        if generator.random.below(8) > 0 {
            generator.bytes.push(0x00);
        }
        let body = generator.bytes;
        tally.compare(|| format!("body {i}: {body:02x?}"), &frame.with(&body));
    }
    tally.finish("random instructions");
}

#[test]
fn random_branches() {
    let frame = Frame::new();
    let mut tally = Tally::default();
    let mut random = Random(13);
    for i in 0..60_000 * changes() {
        let mut generator = Generator { random: &mut random, bytes: Vec::new(), depth: 0 };
        generator.focused();
        generator.bytes.push(0x00);
        let body = generator.bytes;
        tally.compare(|| format!("branch {i}: {body:02x?}"), &frame.with(&body));
    }
    tally.finish("random branches");
}
