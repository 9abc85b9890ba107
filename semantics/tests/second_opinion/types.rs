//! Random recursive types, some of them twice, and a function that is valid when one type matches another.

use super::{Random, Tally, changes};

/// A reference to a type: by position in the group, or by index before the group.
#[derive(Clone, Copy)]
enum To {
    Group(usize),
    Before(usize),
    Abstract(u8),
}

#[derive(Clone)]
enum Storage {
    Plain(u8),
    Ref(bool, To),
}

#[derive(Clone)]
struct Field(Storage, bool);

#[derive(Clone)]
enum Comp {
    Struct(Vec<Field>),
    Array(Field),
    Func(Vec<Storage>, Vec<Storage>),
}

#[derive(Clone)]
struct Sub {
    is_final: bool,
    sup: Option<To>,
    comp: Comp,
}

fn to(random: &mut Random, before: usize, group: usize) -> To {
    const ABSTRACT: [u8; 6] = [0x6E, 0x6D, 0x6B, 0x71, 0x70, 0x73];
    match random.below(5) {
        0 | 1 if before > 0 => To::Before(random.below(before)),
        // Now and then a type that there is not.
        2 | 3 => {
            let beyond = usize::from(random.below(20) == 0);
            To::Group(random.below(group + beyond))
        }
        _ => To::Abstract(ABSTRACT[random.below(6)]),
    }
}

fn storage(random: &mut Random, before: usize, group: usize, packed: bool) -> Storage {
    match random.below(4) {
        0 => Storage::Plain(0x7F),
        1 if packed => Storage::Plain(0x78),
        1 => Storage::Plain(0x7E),
        _ => Storage::Ref(random.below(3) > 0, to(random, before, group)),
    }
}

fn field(random: &mut Random, before: usize, group: usize) -> Field {
    Field(storage(random, before, group, true), random.below(3) == 0)
}

fn sub(random: &mut Random, before: usize, group: usize) -> Sub {
    let is_final = random.below(4) == 0;
    let sup = (random.below(2) == 0).then(|| match to(random, before, group) {
        To::Abstract(_) => To::Group(0),
        to => to,
    });
    let mut storages = |n| (0..n).map(|_| storage(random, before, group, false)).collect::<Vec<_>>();
    let func = (storages(1), storages(1));
    let comp = match random.below(8) {
        0 => Comp::Func(func.0, func.1),
        1 => Comp::Func(vec![], func.1),
        2 => Comp::Array(field(random, before, group)),
        _ => {
            let n = random.below(3);
            Comp::Struct((0..n).map(|_| field(random, before, group)).collect())
        }
    };
    Sub { is_final, sup, comp }
}

/// A subtype that has a chance: more fields, or the same composite type.
fn below(random: &mut Random, sup: &Sub, to_sup: To, before: usize, group: usize) -> Sub {
    let mut comp = sup.comp.clone();
    match &mut comp {
        Comp::Struct(fields) if random.below(2) == 0 => fields.push(field(random, before, group)),
        Comp::Struct(fields) if !fields.is_empty() && random.below(3) == 0 => {
            let i = random.below(fields.len());
            fields[i] = field(random, before, group);
        }
        Comp::Func(_, results) if random.below(2) == 0 => results[0] = storage(random, before, group, false),
        _ => {}
    }
    Sub { is_final: random.below(3) == 0, sup: Some(to_sup), comp }
}

fn leb(bytes: &mut Vec<u8>, mut n: usize) {
    while n >= 0x80 {
        bytes.push(n as u8 | 0x80);
        n >>= 7;
    }
    bytes.push(n as u8);
}

/// Type indices as heap types are signed integers, which makes no difference below 64.
fn index(bytes: &mut Vec<u8>, to: To, base: usize) {
    match to {
        To::Group(i) => bytes.push((base + i) as u8),
        To::Before(x) => bytes.push(x as u8),
        To::Abstract(byte) => bytes.push(byte),
    }
}

fn emit_storage(bytes: &mut Vec<u8>, storage: &Storage, base: usize) {
    match *storage {
        Storage::Plain(byte) => bytes.push(byte),
        Storage::Ref(null, to) => {
            bytes.push(if null { 0x63 } else { 0x64 });
            index(bytes, to, base);
        }
    }
}

fn emit(bytes: &mut Vec<u8>, group: &[Sub], base: usize) {
    bytes.push(0x4E);
    leb(bytes, group.len());
    let emit_field = |bytes: &mut Vec<u8>, field: &Field| {
        emit_storage(bytes, &field.0, base);
        bytes.push(u8::from(field.1));
    };
    for st in group {
        bytes.push(if st.is_final { 0x4F } else { 0x50 });
        match st.sup {
            Some(to) => {
                bytes.push(1);
                index(bytes, to, base);
            }
            None => bytes.push(0),
        }
        match &st.comp {
            Comp::Struct(fields) => {
                bytes.push(0x5F);
                leb(bytes, fields.len());
                fields.iter().for_each(|field| emit_field(bytes, field));
            }
            Comp::Array(field) => {
                bytes.push(0x5E);
                emit_field(bytes, field);
            }
            Comp::Func(params, results) => {
                bytes.push(0x60);
                for ts in [params, results] {
                    leb(bytes, ts.len());
                    ts.iter().for_each(|t| emit_storage(bytes, t, base));
                }
            }
        }
    }
}

fn section(id: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![id];
    leb(&mut bytes, content.len());
    [&bytes, content].concat()
}

fn module(random: &mut Random) -> Vec<u8> {
    let mut types = Vec::new();
    let mut groups: Vec<(usize, Vec<Sub>)> = Vec::new();
    let mut count = 0;
    let n = 1 + random.below(5);
    for _ in 0..n {
        if !groups.is_empty() && random.below(3) == 0 {
            // The same group once more; sometimes with a difference.
            let (before, mut group) = groups[random.below(groups.len())].clone();
            if random.below(3) == 0 {
                let i = random.below(group.len());
                group[i] = sub(random, before, group.len());
            }
            emit(&mut types, &group, count);
            count += group.len();
            groups.push((before, group));
            continue;
        }
        let size = 1 + random.below(3);
        let mut group: Vec<Sub> = Vec::new();
        for i in 0..size {
            let st = match random.below(3) {
                0 if i > 0 => {
                    let j = random.below(i);
                    below(random, &group[j].clone(), To::Group(j), count, size)
                }
                1 => match groups.last() {
                    Some((_, last)) => {
                        let j = random.below(last.len());
                        let sup = last[j].clone();
                        let start = count - last.len();
                        // Positions in that group are indices here.
                        let sup = absolute(sup, start);
                        below(random, &sup, To::Before(start + j), count, size)
                    }
                    None => Sub { sup: None, ..sub(random, count, size) },
                },
                _ if random.below(3) > 0 => Sub { sup: None, is_final: false, ..sub(random, count, size) },
                _ => sub(random, count, size),
            };
            group.push(st);
        }
        emit(&mut types, &group, count);
        groups.push((count, group));
        count += size;
    }
    // (func (param (ref null? a)) (result (ref null? b)) (local.get 0))
    let (a, b) = (random.below(count) as u8, random.below(count) as u8);
    let null = |random: &mut Random| [0x63, 0x64][random.below(2)];
    types.extend([0x60, 1, null(random), a, 1, null(random), b]);
    let types = [vec![groups.len() as u8 + 1], types].concat();
    let code = [1, 4, 0, 0x20, 0, 0x0B];
    [b"\0asm\x01\0\0\0".to_vec(), section(1, &types), section(3, &[1, count as u8]), section(10, &code)].concat()
}

fn absolute(mut st: Sub, start: usize) -> Sub {
    let shift = |to: &mut To| {
        if let To::Group(i) = *to {
            *to = To::Before(start + i);
        }
    };
    let shift_storage = |storage: &mut Storage| {
        if let Storage::Ref(_, to) = storage {
            shift(to);
        }
    };
    match &mut st.comp {
        Comp::Struct(fields) => fields.iter_mut().for_each(|field| shift_storage(&mut field.0)),
        Comp::Array(field) => shift_storage(&mut field.0),
        Comp::Func(params, results) => params.iter_mut().chain(results).for_each(shift_storage),
    }
    st
}

#[test]
fn random_types() {
    let mut tally = Tally::default();
    let mut random = Random(11);
    for i in 0..60_000 * changes() {
        let bytes = module(&mut random);
        tally.compare(|| format!("types {i}: {bytes:02x?}"), &bytes);
    }
    tally.finish("random types");
}
