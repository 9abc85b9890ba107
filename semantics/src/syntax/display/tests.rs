use super::*;

fn num(c: Num) -> String {
    c.to_string()
}

#[test]
fn numbers() {
    assert_eq!(num(Num::I32(u32::MAX)), "i32.const -1");
    assert_eq!(num(Num::I64(1 << 63)), "i64.const -9223372036854775808");
    assert_eq!(num(Num::F32(1.5_f32.to_bits())), "f32.const 1.5");
    assert_eq!(num(Num::F32(0x8000_0000)), "f32.const -0.0");
    assert_eq!(num(Num::F32(f32::MAX.to_bits())), "f32.const 3.4028235e38");
    assert_eq!(num(Num::F64(1)), "f64.const 5e-324");
    assert_eq!(num(Num::F32(0x7fc0_0000)), "f32.const nan");
    assert_eq!(num(Num::F32(0xffc0_0000)), "f32.const -nan");
    assert_eq!(num(Num::F32(0x7f80_0001)), "f32.const nan:0x1");
    assert_eq!(num(Num::F64(0x7ff4_0000_0000_0000)), "f64.const nan:0x4000000000000");
    assert_eq!(num(Num::F64(f64::NEG_INFINITY.to_bits())), "f64.const -inf");
    assert_eq!(V128::from_u128(1).to_string(), "v128.const i32x4 0x00000001 0x00000000 0x00000000 0x00000000");
}

#[test]
fn floats_read_back() {
    let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..500 {
        bits = bits.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        let (c32, c64) = (Num::F32((bits >> 32) as u32), Num::F64(bits));
        let text = format!("(module (func {c32} drop {c64} drop))");
        let (_, module) = crate::decode::decode_text(&text).unwrap();
        let read: Vec<_> = module.code.seq(module.funcs[0].body).copied().collect();
        assert_eq!(read, [Instr::Const(c32), Instr::Drop, Instr::Const(c64), Instr::Drop], "{text}");
    }
}

#[test]
fn types() {
    let any = RefType::non_null(HeapType::abs(AbsHeapType::Any));
    assert_eq!(any.to_string(), "(ref any)");
    assert_eq!(RefType::null(HeapType::Use(TypeUse::Idx(3))).to_string(), "(ref null 3)");
    let field = FieldType { mutable: true, storage: StorageType::Pack(PackType::I8) };
    let st = SubType {
        is_final: false,
        supers: vec![TypeUse::Idx(0)],
        share: Share::Unshared,
        comp: CompType::Struct(vec![field]),
    };
    assert_eq!(st.to_string(), "(sub 0 (struct (field (mut i8))))");
    assert_eq!([ValType::I32, ValType::Ref(any)][..].display(&NO_NAMES).to_string(), "[i32 (ref any)]");
}

#[test]
fn names() {
    let (_, module) = crate::decode::decode_text(
        r#"(module $m
             (type $point (struct (field $x i32) (field $y (mut i32))))
             (func $f (param $p (ref $point)) (result i32) (local $l i32)
               (local.set $l (struct.get $point $x (local.get $p)))
               (block $b (result i32) (local.get $l) (br_if $b (i32.const 5)) (drop) (call $g)))
             (func $"a \"b\"" (result i32) (call $f (struct.new $point (i32.const 1) (i32.const 2))))
             (func $g (result i32) (call $"a \"b\"")))"#,
    )
    .unwrap();
    let lines: Vec<_> = (0..3)
        .map(|x| {
            let seq = module.code.seq(module.funcs[x].body);
            seq.map(|i| i.display(&module.code, &module.names).in_func(x as u32).to_string()).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(lines[0], ["local.get $p", "struct.get $point $x", "local.set $l", "block (result i32)"]);
    assert_eq!(lines[1], ["i32.const 1", "i32.const 2", "struct.new $point", "call $f"]);
    assert_eq!(lines[2], [r#"call $"a \"b\"""#]);
    assert_eq!(module.names.module.as_deref(), Some("m"));
}

#[test]
fn administrative_instructions() {
    let show = |i: Instr| i.display(&Code::default(), &NO_NAMES).to_string();
    assert_eq!(show(Instr::Ref(Ref::Struct(3))), "(ref.struct 3)");
    assert_eq!(show(Instr::Ref(Ref::Extern(Internal::Host(1)))), "(ref.extern (ref.host 1))");
    assert_eq!(show(Instr::Trap), "trap");
    for instr in [Instr::Trap, Instr::End, Instr::Waiting(1, 8, -1)] {
        let mnemonic = instr.mnemonic().to_string();
        assert!(show(instr).starts_with(&mnemonic) && !mnemonic.contains(' '), "{mnemonic}");
    }
    assert_eq!(Instr::Ref(Ref::Struct(3)).mnemonic().to_string(), "ref");
    assert_eq!(Value::i32(7).to_string(), "(i32.const 7)");
}
