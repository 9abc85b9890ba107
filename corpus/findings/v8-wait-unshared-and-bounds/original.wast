(module $m0
  (rec
    (type (;0;) (shared (struct (field (mut f32)) (field (ref (shared i31))))))
    (type (;1;) (sub (shared (struct))))
    (type (;2;) (sub (shared (struct (field (mut (ref null (shared struct)))) (field i32)))))
    (type (;3;) (sub (shared (struct (field (ref null (shared eq)))))))
  )
  (type (;4;) (func (result arrayref)))
  (type (;5;) (sub (array (mut i32))))
  (type (;6;) (sub (struct (field (mut i32)))))
  (type (;7;) (func (param (ref 4) funcref)))
  (type (;8;) (func (param (ref null 5) (ref null 4))))
  (type (;9;) (func (param i32 i64)))
  (type (;10;) (func (param (ref null 5) anyref) (result (ref null 3))))
  (type (;11;) (func (param i64 i32 i32) (result i32)))
  (type (;12;) (func (param f64) (result f64)))
  (type (;13;) (func (param f32) (result f32)))
  (type (;14;) (func (param (ref null (shared struct))) (result (ref null (shared struct)))))
  (type (;15;) (func (result i64)))
  (type (;16;) (func (param anyref i32) (result i64)))
  (type (;17;) (func (param (ref null (shared any)) i32) (result i64)))
  (type (;18;) (func (param funcref) (result i64)))
  (table (;0;) 4 4 funcref ref.func 1)
  (table (;1;) i64 3 6 (ref null 0))
  (table (;2;) 12 12 eqref)
  (table (;3;) 12 12 (ref null (shared eq)))
  (tag (;0;) (type 7) (param (ref 4) funcref))
  (tag (;1;) (type 8) (param (ref null 5) (ref null 4)))
  (tag (;2;) (type 9) (param i32 i64))
  (global (;0;) (mut i32) i32.const 16)
  (global (;1;) (ref null 0) f32.const 0x1.ap+1 (;=3.25;) i32.const 3 ref.i31_shared struct.new 0)
  (global (;2;) (mut anyref) i32.const 867702016 ref.i31)
  (global (;3;) (mut arrayref) ref.null array)
  (global (;4;) (mut i32) i32.const 0)
  (global (;5;) (mut i32) i32.const 0)
  (export "call0" (func 6))
  (export "call1" (func 8))
  (export "call2" (func 10))
  (export "call3" (func 11))
  (export "refuel" (func 12))
  (export "global1" (func 13))
  (export "global2" (func 14))
  (export "global3" (func 15))
  (export "table0" (func 16))
  (export "table1" (func 18))
  (export "f0" (func 0))
  (export "f1" (func 1))
  (export "f2" (func 2))
  (export "f3" (func 3))
  (export "tag-0" (tag 0))
  (export "tag-1" (tag 1))
  (export "tag-2" (tag 2))
  (export "global-0" (global 0))
  (export "global-1" (global 1))
  (export "global-2" (global 2))
  (export "global-3" (global 3))
  (export "table-0" (table 0))
  (export "table-1" (table 1))
  (elem (;0;) declare func 0 1 2 3)
  (elem (;1;) anyref (ref.null any) (item i32.const 0 ref.i31) (item i32.const 5 ref.i31) (item i32.const 1 ref.i31))
  (elem (;2;) (i32.const 0) func 3 0 3)
  (func (;0;) (type 4) (result arrayref)
    (local (ref null 5) i32 i32)
    global.get 0
    i32.eqz
    if ;; label = @1
      ref.null array
      return
    end
    global.get 0
    i32.const 1
    i32.sub
    global.set 0
    i32.const 6
    i32.const 2
    array.new 5
    local.set 0
    local.get 0
    i32.const 1
    i32.const 7
    i32.const 7
    i32.const 31
    i32.eq
    i32.const 1
    i32.or
    i32.div_s
    local.tee 1
    array.atomic.set acqrel 5
    local.get 0
    i32.const 1
    i32.const 5
    array.atomic.rmw.sub acqrel 5
    local.set 2
    local.get 0
    i32.const 1
    i32.const 0
    i32.const 2
    array.new_data 5 0
    array.len
    array.atomic.set acqrel 5
    local.get 0
    i32.const 1
    i32.const -1678729684
    array.atomic.set acqrel 5
    global.get 3
  )
  (func (;1;) (type 10) (param (ref null 5) anyref) (result (ref null 3))
    (local v128 f32)
    v128.const i32x4 0x00000008 0x00000000 0x00000005 0x00000000
    local.set 2
    ref.null 3
    ref.null 3
    br_on_null 0
    drop
    drop
    f32.const 0x0p+0 (;=0;)
    f64.promote_f32
    call 4
    f64.const -0x0p+0 (;=-0;)
    f64.sub
    call 4
    f32.demote_f64
    call 5
    local.set 3
    ref.null 3
    block (type 14) (param (ref null (shared struct))) (result (ref null (shared struct))) ;; label = @1
    end
    ref.cast (ref null 3)
  )
  (func (;2;) (type 4) (result arrayref)
    (local eqref)
    global.get 0
    i32.eqz
    if ;; label = @1
      ref.null array
      return
    end
    global.get 0
    i32.const 1
    i32.sub
    global.set 0
    i32.const 7
    i32.const 1
    i32.and
    if ;; label = @1
      i32.const 0
      i32.const 2
      array.new_data 5 0
      ref.func 0
      throw 1
    end
    i32.const 2147483647
    i32.const 5
    array.new 5
    ref.cast (ref 5)
    global.get 3
    local.set 0
    local.get 0
    ref.test eqref
    br_if 0
    drop
    i32.const 8
    i32.const 1
    i32.const 0
    i32.const 8
    i32.const 3
    array.new_fixed 5 5
  )
  (func (;3;) (type 11) (param i64 i32 i32) (result i32)
    global.get 1
    f32.const 0x1.38p+3 (;=9.75;)
    struct.set 0 0
    struct.new_default 2
    struct.atomic.get acqrel 2 0
    drop
    i32.const 463646962
  )
  (func (;4;) (type 12) (param f64) (result f64)
    local.get 0
    f64.const nan (;=NaN;)
    local.get 0
    local.get 0
    f64.eq
    select
  )
  (func (;5;) (type 13) (param f32) (result f32)
    local.get 0
    f32.const nan (;=NaN;)
    local.get 0
    local.get 0
    f32.eq
    select
  )
  (func (;6;) (type 15) (result i64)
    (local i64 arrayref)
    i32.const 16
    global.set 0
    call 0
    local.set 1
    i32.const 0
    global.set 4
    i32.const 0
    global.set 5
    local.get 0
    i64.const 31
    i64.mul
    local.get 1
    i32.const 4
    call 7
    i64.add
    local.set 0
    local.get 0
  )
  (func (;7;) (type 16) (param anyref i32) (result i64)
    (local i64 i32 eqref i32)
    local.get 0
    ref.is_null
    if ;; label = @1
      i64.const 1
      return
    end
    local.get 0
    ref.test (ref i31)
    if ;; label = @1
      local.get 0
      ref.cast (ref i31)
      i31.get_s
      i64.extend_i32_u
      i64.const 2
      i64.sub
      return
    end
    local.get 0
    ref.test (ref eq)
    i32.eqz
    if ;; label = @1
      i64.const 3
      return
    end
    local.get 1
    i32.eqz
    if ;; label = @1
      i64.const 4
      return
    end
    local.get 0
    ref.cast eqref
    local.set 4
    block ;; label = @1
      loop ;; label = @2
        local.get 3
        global.get 4
        i32.ge_u
        br_if 1 (;@1;)
        local.get 3
        table.get 2
        local.get 4
        ref.eq
        if ;; label = @3
          local.get 3
          i64.extend_i32_u
          i64.const 100
          i64.add
          return
        end
        local.get 3
        i32.const 1
        i32.add
        local.set 3
        br 0 (;@2;)
      end
    end
    global.get 4
    i32.const 12
    i32.ge_u
    if ;; label = @1
      i64.const 5
      return
    end
    global.get 4
    local.get 4
    table.set 2
    global.get 4
    i32.const 1
    i32.add
    global.set 4
    i64.const 7
    local.set 2
    local.get 4
    ref.test (ref 5)
    if ;; label = @1
      local.get 2
      i64.const 31
      i64.mul
      i64.const 16
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 5)
      array.len
      i64.extend_i32_u
      i64.add
      local.set 2
      i32.const 0
      local.set 5
      block ;; label = @2
        loop ;; label = @3
          local.get 5
          i32.const 4
          i32.ge_u
          br_if 1 (;@2;)
          local.get 5
          local.get 4
          ref.cast (ref 5)
          array.len
          i32.ge_u
          br_if 1 (;@2;)
          local.get 2
          i64.const 31
          i64.mul
          local.get 4
          ref.cast (ref 5)
          local.get 5
          array.get 5
          i64.extend_i32_u
          i64.add
          local.set 2
          local.get 5
          i32.const 1
          i32.add
          local.set 5
          br 0 (;@3;)
        end
      end
    end
    block (result eqref) ;; label = @1
      local.get 4
      br_on_cast_fail 0 (;@1;) eqref (ref 6)
      drop
      local.get 2
      i64.const 31
      i64.mul
      i64.const 17
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 6)
      struct.get 6 0
      i64.extend_i32_u
      i64.add
      local.set 2
      local.get 4
    end
    drop
    local.get 2
  )
  (func (;8;) (type 15) (result i64)
    (local i64 arrayref (ref null 3))
    i32.const 16
    global.set 0
    i32.const 9
    i32.const 1666286721
    i32.const 8
    array.new_fixed 5 3
    block (result anyref) ;; label = @1
      block (result anyref) ;; label = @2
        i32.const 5
        array.new_default 5
        local.set 1
        local.get 1
        br_on_cast_fail 0 (;@2;) arrayref (ref 5)
        br 1 (;@1;)
      end
      drop
      global.get 2
    end
    call 1
    local.set 2
    i32.const 0
    global.set 4
    i32.const 0
    global.set 5
    local.get 0
    i64.const 31
    i64.mul
    local.get 2
    i32.const 4
    call 9
    i64.add
    local.set 0
    local.get 0
  )
  (func (;9;) (type 17) (param (ref null (shared any)) i32) (result i64)
    (local i64 i32 (ref null (shared eq)))
    local.get 0
    ref.is_null
    if ;; label = @1
      i64.const 1
      return
    end
    local.get 0
    ref.test (ref (shared i31))
    if ;; label = @1
      local.get 0
      ref.cast (ref (shared i31))
      i31.get_s
      i64.extend_i32_u
      i64.const 2
      i64.sub
      return
    end
    local.get 0
    ref.test (ref (shared eq))
    i32.eqz
    if ;; label = @1
      i64.const 3
      return
    end
    local.get 1
    i32.eqz
    if ;; label = @1
      i64.const 4
      return
    end
    local.get 0
    ref.cast (ref null (shared eq))
    local.set 4
    block ;; label = @1
      loop ;; label = @2
        local.get 3
        global.get 5
        i32.ge_u
        br_if 1 (;@1;)
        local.get 3
        table.get 3
        local.get 4
        ref.eq
        if ;; label = @3
          local.get 3
          i64.extend_i32_u
          i64.const 100
          i64.add
          return
        end
        local.get 3
        i32.const 1
        i32.add
        local.set 3
        br 0 (;@2;)
      end
    end
    global.get 5
    i32.const 12
    i32.ge_u
    if ;; label = @1
      i64.const 5
      return
    end
    global.get 5
    local.get 4
    table.set 3
    global.get 5
    i32.const 1
    i32.add
    global.set 5
    i64.const 7
    local.set 2
    block (result (ref null (shared eq))) ;; label = @1
      local.get 4
      br_on_cast_fail 0 (;@1;) (ref null (shared eq)) (ref 0)
      drop
      local.get 2
      i64.const 31
      i64.mul
      i64.const 11
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 0)
      struct.get 0 0
      call 5
      i32.reinterpret_f32
      i64.extend_i32_u
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 0)
      struct.get 0 1
      local.get 1
      i32.const 1
      i32.sub
      call 9
      i64.add
      local.set 2
      local.get 4
    end
    drop
    local.get 4
    ref.test (ref 1)
    if ;; label = @1
      local.get 2
      i64.const 31
      i64.mul
      i64.const 12
      i64.add
      local.set 2
    end
    block (result (ref null (shared eq))) ;; label = @1
      local.get 4
      br_on_cast_fail 0 (;@1;) (ref null (shared eq)) (ref 2)
      drop
      local.get 2
      i64.const 31
      i64.mul
      i64.const 13
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 2)
      struct.get 2 0
      local.get 1
      i32.const 1
      i32.sub
      call 9
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 2)
      struct.get 2 1
      i64.extend_i32_u
      i64.add
      local.set 2
      local.get 4
    end
    drop
    block (result (ref null (shared eq))) ;; label = @1
      local.get 4
      br_on_cast_fail 0 (;@1;) (ref null (shared eq)) (ref 3)
      drop
      local.get 2
      i64.const 31
      i64.mul
      i64.const 14
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 3)
      struct.get 3 0
      local.get 1
      i32.const 1
      i32.sub
      call 9
      i64.add
      local.set 2
      local.get 4
    end
    drop
    local.get 2
  )
  (func (;10;) (type 15) (result i64)
    (local i64 arrayref)
    i32.const 16
    global.set 0
    call 2
    local.set 1
    i32.const 0
    global.set 4
    i32.const 0
    global.set 5
    local.get 0
    i64.const 31
    i64.mul
    local.get 1
    i32.const 4
    call 7
    i64.add
    local.set 0
    local.get 0
  )
  (func (;11;) (type 15) (result i64)
    (local i64 i32)
    i32.const 16
    global.set 0
    f64.const -0x1.33e9606p+27 (;=-161434371;)
    i64.trunc_sat_f64_s
    i32.const 8
    i32.const 2045534019
    i32.shr_u
    i32.const 2
    i32.const 1
    i32.or
    i32.div_u
    i32.const -32
    call 3
    local.set 1
    i32.const 0
    global.set 4
    i32.const 0
    global.set 5
    local.get 0
    i64.const 31
    i64.mul
    local.get 1
    i64.extend_i32_u
    i64.add
    local.set 0
    local.get 0
  )
  (func (;12;) (type 15) (result i64)
    (local i64)
    i32.const 16
    global.set 0
    local.get 0
  )
  (func (;13;) (type 15) (result i64)
    (local i64 (ref null 0))
    global.get 1
    local.set 1
    i32.const 0
    global.set 4
    i32.const 0
    global.set 5
    local.get 0
    i64.const 31
    i64.mul
    local.get 1
    i32.const 4
    call 9
    i64.add
    local.set 0
    local.get 0
  )
  (func (;14;) (type 15) (result i64)
    (local i64 anyref)
    global.get 2
    local.set 1
    i32.const 0
    global.set 4
    i32.const 0
    global.set 5
    local.get 0
    i64.const 31
    i64.mul
    local.get 1
    i32.const 4
    call 7
    i64.add
    local.set 0
    local.get 0
  )
  (func (;15;) (type 15) (result i64)
    (local i64 arrayref)
    global.get 3
    local.set 1
    i32.const 0
    global.set 4
    i32.const 0
    global.set 5
    local.get 0
    i64.const 31
    i64.mul
    local.get 1
    i32.const 4
    call 7
    i64.add
    local.set 0
    local.get 0
  )
  (func (;16;) (type 15) (result i64)
    (local i64)
    i32.const 0
    global.set 4
    i32.const 0
    global.set 5
    local.get 0
    i64.const 31
    i64.mul
    table.size 0
    i64.extend_i32_u
    i64.add
    local.set 0
    local.get 0
    i64.const 31
    i64.mul
    i32.const 0
    table.get 0
    call 17
    i64.add
    local.set 0
    local.get 0
    i64.const 31
    i64.mul
    i32.const 1
    table.get 0
    call 17
    i64.add
    local.set 0
    local.get 0
    i64.const 31
    i64.mul
    i32.const 2
    table.get 0
    call 17
    i64.add
    local.set 0
    local.get 0
    i64.const 31
    i64.mul
    i32.const 3
    table.get 0
    call 17
    i64.add
    local.set 0
    local.get 0
  )
  (func (;17;) (type 18) (param funcref) (result i64)
    (local i64)
    local.get 0
    ref.is_null
    if ;; label = @1
      i64.const 1
      return
    end
    i64.const 9
    local.set 1
    local.get 1
    i64.const 31
    i64.mul
    local.get 0
    ref.test (ref 4)
    i64.extend_i32_u
    i64.add
    local.set 1
    local.get 1
  )
  (func (;18;) (type 15) (result i64)
    (local i64)
    i32.const 0
    global.set 4
    i32.const 0
    global.set 5
    local.get 0
    i64.const 31
    i64.mul
    table.size 1
    i64.add
    local.set 0
    local.get 0
    i64.const 31
    i64.mul
    i64.const 0
    table.get 1
    i32.const 4
    call 9
    i64.add
    local.set 0
    local.get 0
    i64.const 31
    i64.mul
    i64.const 1
    table.get 1
    i32.const 4
    call 9
    i64.add
    local.set 0
    local.get 0
    i64.const 31
    i64.mul
    i64.const 2
    table.get 1
    i32.const 4
    call 9
    i64.add
    local.set 0
    local.get 0
  )
  (data (;0;) "\a6R\91\00\e6\12\1f\a6\80D\b8>\12N\d8\a8\8e'\d4\be\07i<")
)
(register "m0")
(module $m1
  (rec
    (type (;0;) (shared (struct (field (mut f32)) (field (ref (shared i31))))))
    (type (;1;) (sub (shared (struct))))
    (type (;2;) (sub (shared (struct (field (mut (ref null (shared struct)))) (field i32)))))
    (type (;3;) (sub (shared (struct (field (ref null (shared eq)))))))
  )
  (type (;4;) (func (result arrayref)))
  (type (;5;) (sub (func (result arrayref))))
  (rec
    (type (;6;) (sub (struct (field (ref null 7)) (field (mut externref)) (field (mut (ref null (shared eq)))))))
    (type (;7;) (sub (struct (field i8) (field (mut (ref null 6))))))
  )
  (type (;8;) (sub (array (mut i32))))
  (type (;9;) (func (param i32 (ref null 1) (ref null 5))))
  (type (;10;) (func))
  (type (;11;) (func (param i32 (ref null (shared none)) nullref) (result (ref null 8))))
  (type (;12;) (func (result i64)))
  (type (;13;) (func (param anyref i32) (result i64)))
  (type (;14;) (func (param (ref null (shared any)) i32) (result i64)))
  (type (;15;) (func (param f32) (result f32)))
  (type (;16;) (func (param funcref) (result i64)))
  (import "m0" "global-0" (global (;0;) (mut i32)))
  (import "m0" "table-0" (table (;0;) 4 4 funcref))
  (import "m0" "f0" (func (;0;) (type 4) (result arrayref)))
  (import "m0" "f2" (func (;1;) (type 4) (result arrayref)))
  (table (;1;) 12 12 eqref)
  (table (;2;) 12 12 (ref null (shared eq)))
  (tag (;0;) (type 9) (param i32 (ref null 1) (ref null 5)))
  (tag (;1;) (type 10))
  (global (;1;) (mut f64) f64.const 0x0p+0 (;=0;))
  (global (;2;) (mut anyref) i32.const 2 ref.i31)
  (global (;3;) (mut (ref 3)) i32.const 1193965823 ref.i31_shared struct.new 3)
  (global (;4;) (mut i32) i32.const 0)
  (global (;5;) (mut i32) i32.const 0)
  (export "call2" (func 4))
  (export "call3" (func 8))
  (export "refuel" (func 9))
  (export "global2" (func 10))
  (export "global3" (func 11))
  (export "table0" (func 12))
  (export "f2" (func 2))
  (export "f3" (func 3))
  (export "tag-0" (tag 0))
  (export "tag-1" (tag 1))
  (export "global-0" (global 0))
  (export "global-1" (global 1))
  (export "global-2" (global 2))
  (export "global-3" (global 3))
  (export "table-0" (table 0))
  (elem (;0;) declare func 0 1 2 3)
  (elem (;1;) (ref null 7) (item i32.const 6 ref.null 7 ref.null extern ref.null (shared eq) struct.new 6 struct.new 7) (item i32.const 7 ref.null 7 ref.null extern ref.null (shared none) struct.new 6 struct.new 7) (item i32.const 6 ref.null none ref.null extern ref.null (shared eq) struct.new 6 struct.new 7) (item i32.const 5 ref.null 7 ref.null extern ref.null (shared eq) struct.new 6 struct.new 7))
  (func (;2;) (type 5) (result arrayref)
    (local i32)
    i32.const 3
    local.set 0
    loop ;; label = @1
      global.get 3
      i32.const 2
      struct.new 2
      i32.const 1
      struct.new 2
      ref.null (shared struct)
      struct.atomic.set seqcst 2 0
      local.get 0
      i32.const 1
      i32.sub
      local.tee 0
      br_if 0 (;@1;)
    end
    i32.const 2
    array.new_default 8
  )
  (func (;3;) (type 11) (param i32 (ref null (shared none)) nullref) (result (ref null 8))
    (local i32 (ref 2))
    i32.const 6
    i32.const 6
    array.new_fixed 8 2
    i32.const 0
    array.get 8
    local.set 3
    struct.new_default 2
    local.set 4
    local.get 2
  )
  (func (;4;) (type 12) (result i64)
    (local i64 arrayref)
    i32.const 16
    global.set 0
    call 2
    local.set 1
    i32.const 0
    global.set 4
    i32.const 0
    global.set 5
    local.get 0
    i64.const 31
    i64.mul
    local.get 1
    i32.const 4
    call 5
    i64.add
    local.set 0
    local.get 0
  )
  (func (;5;) (type 13) (param anyref i32) (result i64)
    (local i64 i32 eqref i32)
    local.get 0
    ref.is_null
    if ;; label = @1
      i64.const 1
      return
    end
    local.get 0
    ref.test (ref i31)
    if ;; label = @1
      local.get 0
      ref.cast (ref i31)
      i31.get_s
      i64.extend_i32_u
      i64.const 2
      i64.sub
      return
    end
    local.get 0
    ref.test (ref eq)
    i32.eqz
    if ;; label = @1
      i64.const 3
      return
    end
    local.get 1
    i32.eqz
    if ;; label = @1
      i64.const 4
      return
    end
    local.get 0
    ref.cast eqref
    local.set 4
    block ;; label = @1
      loop ;; label = @2
        local.get 3
        global.get 4
        i32.ge_u
        br_if 1 (;@1;)
        local.get 3
        table.get 1
        local.get 4
        ref.eq
        if ;; label = @3
          local.get 3
          i64.extend_i32_u
          i64.const 100
          i64.add
          return
        end
        local.get 3
        i32.const 1
        i32.add
        local.set 3
        br 0 (;@2;)
      end
    end
    global.get 4
    i32.const 12
    i32.ge_u
    if ;; label = @1
      i64.const 5
      return
    end
    global.get 4
    local.get 4
    table.set 1
    global.get 4
    i32.const 1
    i32.add
    global.set 4
    i64.const 7
    local.set 2
    block (result eqref) ;; label = @1
      local.get 4
      br_on_cast_fail 0 (;@1;) eqref (ref 6)
      drop
      local.get 2
      i64.const 31
      i64.mul
      i64.const 17
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 6)
      struct.get 6 0
      local.get 1
      i32.const 1
      i32.sub
      call 5
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 6)
      struct.get 6 1
      any.convert_extern
      local.get 1
      i32.const 1
      i32.sub
      call 5
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 6)
      struct.get 6 2
      local.get 1
      i32.const 1
      i32.sub
      call 6
      i64.add
      local.set 2
      local.get 4
    end
    drop
    local.get 4
    ref.test (ref 7)
    if ;; label = @1
      local.get 2
      i64.const 31
      i64.mul
      i64.const 18
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 7)
      struct.get_u 7 0
      i64.extend_i32_u
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 7)
      struct.get 7 1
      local.get 1
      i32.const 1
      i32.sub
      call 5
      i64.add
      local.set 2
    end
    local.get 4
    ref.test (ref 8)
    if ;; label = @1
      local.get 2
      i64.const 31
      i64.mul
      i64.const 19
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 8)
      array.len
      i64.extend_i32_u
      i64.add
      local.set 2
      i32.const 0
      local.set 5
      block ;; label = @2
        loop ;; label = @3
          local.get 5
          i32.const 4
          i32.ge_u
          br_if 1 (;@2;)
          local.get 5
          local.get 4
          ref.cast (ref 8)
          array.len
          i32.ge_u
          br_if 1 (;@2;)
          local.get 2
          i64.const 31
          i64.mul
          local.get 4
          ref.cast (ref 8)
          local.get 5
          array.get 8
          i64.extend_i32_u
          i64.add
          local.set 2
          local.get 5
          i32.const 1
          i32.add
          local.set 5
          br 0 (;@3;)
        end
      end
    end
    local.get 2
  )
  (func (;6;) (type 14) (param (ref null (shared any)) i32) (result i64)
    (local i64 i32 (ref null (shared eq)))
    local.get 0
    ref.is_null
    if ;; label = @1
      i64.const 1
      return
    end
    local.get 0
    ref.test (ref (shared i31))
    if ;; label = @1
      local.get 0
      ref.cast (ref (shared i31))
      i31.get_s
      i64.extend_i32_u
      i64.const 2
      i64.sub
      return
    end
    local.get 0
    ref.test (ref (shared eq))
    i32.eqz
    if ;; label = @1
      i64.const 3
      return
    end
    local.get 1
    i32.eqz
    if ;; label = @1
      i64.const 4
      return
    end
    local.get 0
    ref.cast (ref null (shared eq))
    local.set 4
    block ;; label = @1
      loop ;; label = @2
        local.get 3
        global.get 5
        i32.ge_u
        br_if 1 (;@1;)
        local.get 3
        table.get 2
        local.get 4
        ref.eq
        if ;; label = @3
          local.get 3
          i64.extend_i32_u
          i64.const 100
          i64.add
          return
        end
        local.get 3
        i32.const 1
        i32.add
        local.set 3
        br 0 (;@2;)
      end
    end
    global.get 5
    i32.const 12
    i32.ge_u
    if ;; label = @1
      i64.const 5
      return
    end
    global.get 5
    local.get 4
    table.set 2
    global.get 5
    i32.const 1
    i32.add
    global.set 5
    i64.const 7
    local.set 2
    block (result (ref null (shared eq))) ;; label = @1
      local.get 4
      br_on_cast_fail 0 (;@1;) (ref null (shared eq)) (ref 0)
      drop
      local.get 2
      i64.const 31
      i64.mul
      i64.const 11
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 0)
      struct.get 0 0
      call 7
      i32.reinterpret_f32
      i64.extend_i32_u
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 0)
      struct.get 0 1
      local.get 1
      i32.const 1
      i32.sub
      call 6
      i64.add
      local.set 2
      local.get 4
    end
    drop
    block (result (ref null (shared eq))) ;; label = @1
      local.get 4
      br_on_cast_fail 0 (;@1;) (ref null (shared eq)) (ref 1)
      drop
      local.get 2
      i64.const 31
      i64.mul
      i64.const 12
      i64.add
      local.set 2
      local.get 4
    end
    drop
    local.get 4
    ref.test (ref 2)
    if ;; label = @1
      local.get 2
      i64.const 31
      i64.mul
      i64.const 13
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 2)
      struct.get 2 0
      local.get 1
      i32.const 1
      i32.sub
      call 6
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 2)
      struct.get 2 1
      i64.extend_i32_u
      i64.add
      local.set 2
    end
    local.get 4
    ref.test (ref 3)
    if ;; label = @1
      local.get 2
      i64.const 31
      i64.mul
      i64.const 14
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 3)
      struct.get 3 0
      local.get 1
      i32.const 1
      i32.sub
      call 6
      i64.add
      local.set 2
    end
    local.get 2
  )
  (func (;7;) (type 15) (param f32) (result f32)
    local.get 0
    f32.const nan (;=NaN;)
    local.get 0
    local.get 0
    f32.eq
    select
  )
  (func (;8;) (type 12) (result i64)
    (local i64 (ref null 8))
    i32.const 16
    global.set 0
    i32.const 3
    ref.null (shared none)
    ref.null none
    call 3
    local.set 1
    i32.const 0
    global.set 4
    i32.const 0
    global.set 5
    local.get 0
    i64.const 31
    i64.mul
    local.get 1
    i32.const 4
    call 5
    i64.add
    local.set 0
    local.get 0
  )
  (func (;9;) (type 12) (result i64)
    (local i64)
    i32.const 16
    global.set 0
    local.get 0
  )
  (func (;10;) (type 12) (result i64)
    (local i64 anyref)
    global.get 2
    local.set 1
    i32.const 0
    global.set 4
    i32.const 0
    global.set 5
    local.get 0
    i64.const 31
    i64.mul
    local.get 1
    i32.const 4
    call 5
    i64.add
    local.set 0
    local.get 0
  )
  (func (;11;) (type 12) (result i64)
    (local i64 (ref 3))
    global.get 3
    local.set 1
    i32.const 0
    global.set 4
    i32.const 0
    global.set 5
    local.get 0
    i64.const 31
    i64.mul
    local.get 1
    i32.const 4
    call 6
    i64.add
    local.set 0
    local.get 0
  )
  (func (;12;) (type 12) (result i64)
    (local i64)
    i32.const 0
    global.set 4
    i32.const 0
    global.set 5
    local.get 0
    i64.const 31
    i64.mul
    table.size 0
    i64.extend_i32_u
    i64.add
    local.set 0
    local.get 0
    i64.const 31
    i64.mul
    i32.const 0
    table.get 0
    call 13
    i64.add
    local.set 0
    local.get 0
    i64.const 31
    i64.mul
    i32.const 1
    table.get 0
    call 13
    i64.add
    local.set 0
    local.get 0
    i64.const 31
    i64.mul
    i32.const 2
    table.get 0
    call 13
    i64.add
    local.set 0
    local.get 0
    i64.const 31
    i64.mul
    i32.const 3
    table.get 0
    call 13
    i64.add
    local.set 0
    local.get 0
  )
  (func (;13;) (type 16) (param funcref) (result i64)
    (local i64)
    local.get 0
    ref.is_null
    if ;; label = @1
      i64.const 1
      return
    end
    i64.const 9
    local.set 1
    local.get 1
    i64.const 31
    i64.mul
    local.get 0
    ref.test (ref 4)
    i64.extend_i32_u
    i64.add
    local.set 1
    local.get 1
    i64.const 31
    i64.mul
    local.get 0
    ref.test (ref 5)
    i64.extend_i32_u
    i64.add
    local.set 1
    local.get 1
  )
)
(register "m1")
(module $m2
  (rec
    (type (;0;) (shared (struct (field (mut f32)) (field (ref (shared i31))))))
    (type (;1;) (sub (shared (struct))))
    (type (;2;) (sub (shared (struct (field (mut (ref null (shared struct)))) (field i32)))))
    (type (;3;) (sub (shared (struct (field (ref null (shared eq)))))))
  )
  (type (;4;) (func (result arrayref)))
  (type (;5;) (sub (array (mut i32))))
  (rec
    (type (;6;) (shared (struct (field (mut f32)) (field (ref (shared i31))))))
    (type (;7;) (sub (shared (struct))))
    (type (;8;) (sub (shared (struct (field (mut (ref null (shared struct)))) (field i32)))))
    (type (;9;) (sub (shared (struct (field (ref null (shared eq))) (field (mut i8))))))
  )
  (type (;10;) (sub (func (result arrayref))))
  (type (;11;) (sub (struct (field (mut i32)))))
  (type (;12;) (func (param (ref null 4) (ref 2) (ref null 5))))
  (type (;13;) (func (param i32 i32) (result i32)))
  (type (;14;) (func (param v128 f64) (result i32)))
  (type (;15;) (func (result i64)))
  (type (;16;) (func (param (ref null (shared any))) (result (ref null (shared any)))))
  (type (;17;) (func (param anyref i32) (result i64)))
  (type (;18;) (func (param (ref null (shared any)) i32) (result i64)))
  (type (;19;) (func (param f32) (result f32)))
  (type (;20;) (func (param funcref) (result i64)))
  (import "m0" "global-0" (global (;0;) (mut i32)))
  (import "m0" "f0" (func (;0;) (type 4) (result arrayref)))
  (import "m1" "global-2" (global (;1;) (mut anyref)))
  (import "m0" "global-3" (global (;2;) (mut arrayref)))
  (import "m1" "global-3" (global (;3;) (mut (ref 3))))
  (import "m0" "f2" (func (;1;) (type 4) (result arrayref)))
  (import "m0" "table-0" (table (;0;) 4 4 funcref))
  (table (;1;) 2 (ref null (shared none)))
  (table (;2;) 12 12 eqref)
  (table (;3;) 12 12 (ref null (shared eq)))
  (memory (;0;) 1 1)
  (tag (;0;) (type 12) (param (ref null 4) (ref 2) (ref null 5)))
  (global (;4;) (mut (ref null 5)) i32.const 6 i32.const 3 array.new 5)
  (global (;5;) (mut (ref null 3)) i32.const -1118411920 ref.i31_shared struct.new 3)
  (global (;6;) (mut i32) i32.const 0)
  (global (;7;) (mut i32) i32.const 0)
  (export "call2" (func 6))
  (export "call3" (func 8))
  (export "call4" (func 9))
  (export "call5" (func 10))
  (export "refuel" (func 11))
  (export "global1" (func 12))
  (export "global2" (func 13))
  (export "global3" (func 14))
  (export "global4" (func 17))
  (export "global5" (func 18))
  (export "table0" (func 19))
  (export "table1" (func 21))
  (export "f2" (func 2))
  (export "f3" (func 3))
  (export "f4" (func 4))
  (export "f5" (func 5))
  (export "tag-0" (tag 0))
  (export "global-0" (global 0))
  (export "global-1" (global 1))
  (export "global-2" (global 2))
  (export "global-3" (global 3))
  (export "global-4" (global 4))
  (export "global-5" (global 5))
  (export "table-0" (table 0))
  (export "table-1" (table 1))
  (export "memory-0" (memory 0))
  (elem (;0;) declare func 0 1 2 3 4 5)
  (elem (;1;) eqref (item i32.const 2 ref.i31) (item i32.const -1388751699 struct.new 11))
  (func (;2;) (type 10) (result arrayref)
    (local (ref null (shared any)) i32)
    global.get 0
    i32.eqz
    if ;; label = @1
      ref.null array
      return
    end
    global.get 0
    i32.const 1
    i32.sub
    global.set 0
    i32.const 262144
    i32.const 0
    i64.const 0
    memory.atomic.wait32
    drop
    i32.const 4
    struct.new_default 2
    local.set 0
    local.get 0
    ref.test (ref null 2)
    i32.atomic.rmw.sub
    drop
    i32.const 3
    ref.null func
    table.set 0
    i32.const 1
    local.set 1
    loop ;; label = @1
      local.get 1
      i32.const 1
      i32.sub
      local.tee 1
      br_if 0 (;@1;)
    end
    return_call 1
  )
  (func (;3;) (type 13) (param i32 i32) (result i32)
    global.get 0
    i32.eqz
    if ;; label = @1
      i32.const 0
      return
    end
    global.get 0
    i32.const 1
    i32.sub
    global.set 0
    i32.const 1
    ref.i31_shared
    struct.new 3
    block (type 16) (param (ref null (shared any))) (result (ref null (shared any))) ;; label = @1
    end
    ref.cast (ref 3)
    global.set 5
    i32.const -1
  )
  (func (;4;) (type 14) (param v128 f64) (result i32)
    global.get 0
    i32.eqz
    if ;; label = @1
      i32.const 6
      return
    end
    global.get 0
    i32.const 1
    i32.sub
    global.set 0
    i32.const 20
    i64.const 1
    i64.const 1
    i64.atomic.rmw32.cmpxchg_u offset=4
    drop
    i32.const 4
    i32.const 2101990428
    i32.atomic.store16
    i32.const 4
    array.new_default 5
    i32.const 1
    array.get 5
    i32.const 6
    i32.const 0
    call_indirect (type 13)
    drop
    i32.const -7
    i32.const 3
    array.new 5
    i32.const 1
    array.get 5
  )
  (func (;5;) (type 15) (result i64)
    (local (ref 5))
    i32.const 9
    i32.const 32
    i32.const 8
    i32.const 6
    array.new_fixed 5 4
    local.set 0
    local.get 0
    global.set 2
    local.get 0
    i32.const 1
    i32.const -127
    array.set 5
    i32.const 4
    i64.extend_i32_u
  )
  (func (;6;) (type 15) (result i64)
    (local i64 arrayref)
    i32.const 16
    global.set 0
    call 2
    local.set 1
    i32.const 0
    global.set 6
    i32.const 0
    global.set 7
    local.get 0
    i64.const 31
    i64.mul
    local.get 1
    i32.const 4
    call 7
    i64.add
    local.set 0
    local.get 0
  )
  (func (;7;) (type 17) (param anyref i32) (result i64)
    (local i64 i32 eqref i32)
    local.get 0
    ref.is_null
    if ;; label = @1
      i64.const 1
      return
    end
    local.get 0
    ref.test (ref i31)
    if ;; label = @1
      local.get 0
      ref.cast (ref i31)
      i31.get_s
      i64.extend_i32_u
      i64.const 2
      i64.sub
      return
    end
    local.get 0
    ref.test (ref eq)
    i32.eqz
    if ;; label = @1
      i64.const 3
      return
    end
    local.get 1
    i32.eqz
    if ;; label = @1
      i64.const 4
      return
    end
    local.get 0
    ref.cast eqref
    local.set 4
    block ;; label = @1
      loop ;; label = @2
        local.get 3
        global.get 6
        i32.ge_u
        br_if 1 (;@1;)
        local.get 3
        table.get 2
        local.get 4
        ref.eq
        if ;; label = @3
          local.get 3
          i64.extend_i32_u
          i64.const 100
          i64.add
          return
        end
        local.get 3
        i32.const 1
        i32.add
        local.set 3
        br 0 (;@2;)
      end
    end
    global.get 6
    i32.const 12
    i32.ge_u
    if ;; label = @1
      i64.const 5
      return
    end
    global.get 6
    local.get 4
    table.set 2
    global.get 6
    i32.const 1
    i32.add
    global.set 6
    i64.const 7
    local.set 2
    local.get 4
    ref.test (ref 5)
    if ;; label = @1
      local.get 2
      i64.const 31
      i64.mul
      i64.const 16
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 5)
      array.len
      i64.extend_i32_u
      i64.add
      local.set 2
      i32.const 0
      local.set 5
      block ;; label = @2
        loop ;; label = @3
          local.get 5
          i32.const 4
          i32.ge_u
          br_if 1 (;@2;)
          local.get 5
          local.get 4
          ref.cast (ref 5)
          array.len
          i32.ge_u
          br_if 1 (;@2;)
          local.get 2
          i64.const 31
          i64.mul
          local.get 4
          ref.cast (ref 5)
          local.get 5
          array.get 5
          i64.extend_i32_u
          i64.add
          local.set 2
          local.get 5
          i32.const 1
          i32.add
          local.set 5
          br 0 (;@3;)
        end
      end
    end
    block (result eqref) ;; label = @1
      local.get 4
      br_on_cast_fail 0 (;@1;) eqref (ref 11)
      drop
      local.get 2
      i64.const 31
      i64.mul
      i64.const 22
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 11)
      struct.get 11 0
      i64.extend_i32_u
      i64.add
      local.set 2
      local.get 4
    end
    drop
    local.get 2
  )
  (func (;8;) (type 15) (result i64)
    (local i64 i32)
    i32.const 16
    global.set 0
    i32.const 9
    ref.null (shared array)
    array.len
    call 3
    local.set 1
    i32.const 0
    global.set 6
    i32.const 0
    global.set 7
    local.get 0
    i64.const 31
    i64.mul
    local.get 1
    i64.extend_i32_u
    i64.add
    local.set 0
    local.get 0
  )
  (func (;9;) (type 15) (result i64)
    (local i64 i32)
    i32.const 16
    global.set 0
    v128.const i32x4 0x00000000 0x00000000 0x80000001 0xffffffff
    i32.const 608701205
    f64.convert_i32_u
    call 4
    local.set 1
    i32.const 0
    global.set 6
    i32.const 0
    global.set 7
    local.get 0
    i64.const 31
    i64.mul
    local.get 1
    i64.extend_i32_u
    i64.add
    local.set 0
    local.get 0
  )
  (func (;10;) (type 15) (result i64)
    (local i64 i64)
    i32.const 16
    global.set 0
    call 5
    local.set 1
    i32.const 0
    global.set 6
    i32.const 0
    global.set 7
    local.get 0
    i64.const 31
    i64.mul
    local.get 1
    i64.add
    local.set 0
    local.get 0
  )
  (func (;11;) (type 15) (result i64)
    (local i64)
    i32.const 16
    global.set 0
    local.get 0
  )
  (func (;12;) (type 15) (result i64)
    (local i64 anyref)
    global.get 1
    local.set 1
    i32.const 0
    global.set 6
    i32.const 0
    global.set 7
    local.get 0
    i64.const 31
    i64.mul
    local.get 1
    i32.const 4
    call 7
    i64.add
    local.set 0
    local.get 0
  )
  (func (;13;) (type 15) (result i64)
    (local i64 arrayref)
    global.get 2
    local.set 1
    i32.const 0
    global.set 6
    i32.const 0
    global.set 7
    local.get 0
    i64.const 31
    i64.mul
    local.get 1
    i32.const 4
    call 7
    i64.add
    local.set 0
    local.get 0
  )
  (func (;14;) (type 15) (result i64)
    (local i64 (ref 3))
    global.get 3
    local.set 1
    i32.const 0
    global.set 6
    i32.const 0
    global.set 7
    local.get 0
    i64.const 31
    i64.mul
    local.get 1
    i32.const 4
    call 15
    i64.add
    local.set 0
    local.get 0
  )
  (func (;15;) (type 18) (param (ref null (shared any)) i32) (result i64)
    (local i64 i32 (ref null (shared eq)))
    local.get 0
    ref.is_null
    if ;; label = @1
      i64.const 1
      return
    end
    local.get 0
    ref.test (ref (shared i31))
    if ;; label = @1
      local.get 0
      ref.cast (ref (shared i31))
      i31.get_s
      i64.extend_i32_u
      i64.const 2
      i64.sub
      return
    end
    local.get 0
    ref.test (ref (shared eq))
    i32.eqz
    if ;; label = @1
      i64.const 3
      return
    end
    local.get 1
    i32.eqz
    if ;; label = @1
      i64.const 4
      return
    end
    local.get 0
    ref.cast (ref null (shared eq))
    local.set 4
    block ;; label = @1
      loop ;; label = @2
        local.get 3
        global.get 7
        i32.ge_u
        br_if 1 (;@1;)
        local.get 3
        table.get 3
        local.get 4
        ref.eq
        if ;; label = @3
          local.get 3
          i64.extend_i32_u
          i64.const 100
          i64.add
          return
        end
        local.get 3
        i32.const 1
        i32.add
        local.set 3
        br 0 (;@2;)
      end
    end
    global.get 7
    i32.const 12
    i32.ge_u
    if ;; label = @1
      i64.const 5
      return
    end
    global.get 7
    local.get 4
    table.set 3
    global.get 7
    i32.const 1
    i32.add
    global.set 7
    i64.const 7
    local.set 2
    block (result (ref null (shared eq))) ;; label = @1
      local.get 4
      br_on_cast_fail 0 (;@1;) (ref null (shared eq)) (ref 0)
      drop
      local.get 2
      i64.const 31
      i64.mul
      i64.const 11
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 0)
      struct.get 0 0
      call 16
      i32.reinterpret_f32
      i64.extend_i32_u
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 0)
      struct.get 0 1
      local.get 1
      i32.const 1
      i32.sub
      call 15
      i64.add
      local.set 2
      local.get 4
    end
    drop
    block (result (ref null (shared eq))) ;; label = @1
      local.get 4
      br_on_cast_fail 0 (;@1;) (ref null (shared eq)) (ref 1)
      drop
      local.get 2
      i64.const 31
      i64.mul
      i64.const 12
      i64.add
      local.set 2
      local.get 4
    end
    drop
    local.get 4
    ref.test (ref 2)
    if ;; label = @1
      local.get 2
      i64.const 31
      i64.mul
      i64.const 13
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 2)
      struct.get 2 0
      local.get 1
      i32.const 1
      i32.sub
      call 15
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 2)
      struct.get 2 1
      i64.extend_i32_u
      i64.add
      local.set 2
    end
    block (result (ref null (shared eq))) ;; label = @1
      local.get 4
      br_on_cast_fail 0 (;@1;) (ref null (shared eq)) (ref 3)
      drop
      local.get 2
      i64.const 31
      i64.mul
      i64.const 14
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 3)
      struct.get 3 0
      local.get 1
      i32.const 1
      i32.sub
      call 15
      i64.add
      local.set 2
      local.get 4
    end
    drop
    local.get 4
    ref.test (ref 6)
    if ;; label = @1
      local.get 2
      i64.const 31
      i64.mul
      i64.const 17
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 6)
      struct.get 6 0
      call 16
      i32.reinterpret_f32
      i64.extend_i32_u
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 6)
      struct.get 6 1
      local.get 1
      i32.const 1
      i32.sub
      call 15
      i64.add
      local.set 2
    end
    block (result (ref null (shared eq))) ;; label = @1
      local.get 4
      br_on_cast_fail 0 (;@1;) (ref null (shared eq)) (ref 7)
      drop
      local.get 2
      i64.const 31
      i64.mul
      i64.const 18
      i64.add
      local.set 2
      local.get 4
    end
    drop
    block (result (ref null (shared eq))) ;; label = @1
      local.get 4
      br_on_cast_fail 0 (;@1;) (ref null (shared eq)) (ref 8)
      drop
      local.get 2
      i64.const 31
      i64.mul
      i64.const 19
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 8)
      struct.get 8 0
      local.get 1
      i32.const 1
      i32.sub
      call 15
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 8)
      struct.get 8 1
      i64.extend_i32_u
      i64.add
      local.set 2
      local.get 4
    end
    drop
    block (result (ref null (shared eq))) ;; label = @1
      local.get 4
      br_on_cast_fail 0 (;@1;) (ref null (shared eq)) (ref 9)
      drop
      local.get 2
      i64.const 31
      i64.mul
      i64.const 20
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 9)
      struct.get 9 0
      local.get 1
      i32.const 1
      i32.sub
      call 15
      i64.add
      local.set 2
      local.get 2
      i64.const 31
      i64.mul
      local.get 4
      ref.cast (ref 9)
      struct.get_s 9 1
      i64.extend_i32_u
      i64.add
      local.set 2
      local.get 4
    end
    drop
    local.get 2
  )
  (func (;16;) (type 19) (param f32) (result f32)
    local.get 0
    f32.const nan (;=NaN;)
    local.get 0
    local.get 0
    f32.eq
    select
  )
  (func (;17;) (type 15) (result i64)
    (local i64 (ref null 5))
    global.get 4
    local.set 1
    i32.const 0
    global.set 6
    i32.const 0
    global.set 7
    local.get 0
    i64.const 31
    i64.mul
    local.get 1
    i32.const 4
    call 7
    i64.add
    local.set 0
    local.get 0
  )
  (func (;18;) (type 15) (result i64)
    (local i64 (ref null 3))
    global.get 5
    local.set 1
    i32.const 0
    global.set 6
    i32.const 0
    global.set 7
    local.get 0
    i64.const 31
    i64.mul
    local.get 1
    i32.const 4
    call 15
    i64.add
    local.set 0
    local.get 0
  )
  (func (;19;) (type 15) (result i64)
    (local i64)
    i32.const 0
    global.set 6
    i32.const 0
    global.set 7
    local.get 0
    i64.const 31
    i64.mul
    table.size 0
    i64.extend_i32_u
    i64.add
    local.set 0
    local.get 0
    i64.const 31
    i64.mul
    i32.const 0
    table.get 0
    call 20
    i64.add
    local.set 0
    local.get 0
    i64.const 31
    i64.mul
    i32.const 1
    table.get 0
    call 20
    i64.add
    local.set 0
    local.get 0
    i64.const 31
    i64.mul
    i32.const 2
    table.get 0
    call 20
    i64.add
    local.set 0
    local.get 0
    i64.const 31
    i64.mul
    i32.const 3
    table.get 0
    call 20
    i64.add
    local.set 0
    local.get 0
  )
  (func (;20;) (type 20) (param funcref) (result i64)
    (local i64)
    local.get 0
    ref.is_null
    if ;; label = @1
      i64.const 1
      return
    end
    i64.const 9
    local.set 1
    local.get 1
    i64.const 31
    i64.mul
    local.get 0
    ref.test (ref 4)
    i64.extend_i32_u
    i64.add
    local.set 1
    local.get 1
    i64.const 31
    i64.mul
    local.get 0
    ref.test (ref 10)
    i64.extend_i32_u
    i64.add
    local.set 1
    local.get 1
  )
  (func (;21;) (type 15) (result i64)
    (local i64)
    i32.const 0
    global.set 6
    i32.const 0
    global.set 7
    local.get 0
    i64.const 31
    i64.mul
    table.size 1
    i64.extend_i32_u
    i64.add
    local.set 0
    local.get 0
    i64.const 31
    i64.mul
    i32.const 0
    table.get 1
    i32.const 4
    call 15
    i64.add
    local.set 0
    local.get 0
    i64.const 31
    i64.mul
    i32.const 1
    table.get 1
    i32.const 4
    call 15
    i64.add
    local.set 0
    local.get 0
  )
)
(assert_return (invoke $m0 "call0") (i64.const 1))
(assert_return (invoke $m0 "call1") (i64.const 1))
(assert_exception (invoke $m0 "call2")) ;; tag "tag-1" with (ref.array) (ref.func)
(assert_return (invoke $m0 "call3") (i64.const 463646962))
(assert_return (invoke $m0 "call0") (i64.const 1))
(assert_return (invoke $m0 "call1") (i64.const 1))
(assert_return (invoke $m0 "refuel") (i64.const 0))
(assert_return (invoke $m0 "f0") (ref.null))
(assert_return (invoke $m0 "refuel") (i64.const 0))
(assert_exception (invoke $m0 "f2")) ;; tag "tag-1" with (ref.array) (ref.func)
(assert_return (invoke $m0 "refuel") (i64.const 0))
(assert_return (invoke $m0 "f3" (i64.const 41) (i32.const 76) (i32.const 83)) (i32.const 463646962))
(assert_return (invoke $m0 "global1") (i64.const 33863194597))
(assert_return (invoke $m0 "global2") (i64.const 867702014))
(assert_return (invoke $m0 "global3") (i64.const 1))
(assert_return (invoke $m0 "table0") (i64.const 12283781))
(assert_return (invoke $m0 "table1") (i64.const 90366))
(assert_return (invoke $m1 "call2") (i64.const 7032598))
(assert_return (invoke $m1 "call3") (i64.const 1))
(assert_return (invoke $m1 "call2") (i64.const 7032598))
(assert_return (invoke $m1 "refuel") (i64.const 0))
(assert_return (invoke $m1 "f2") (ref.array))
(assert_return (invoke $m1 "global2") (i64.const 0))
(assert_return (invoke $m1 "global3") (i64.const 3341456630))
(assert_return (invoke $m1 "table0") (i64.const 269974691))
(assert_trap (invoke $m2 "call2") "expected shared memory")
(assert_trap (invoke $m2 "call3") "null reference")
(assert_trap (invoke $m2 "call4") "cast failure")
(assert_return (invoke $m2 "call5") (i64.const 4))
(assert_trap (invoke $m2 "call2") "expected shared memory")
(assert_return (invoke $m2 "refuel") (i64.const 0))
(assert_trap (invoke $m2 "f2") "expected shared memory")
(assert_return (invoke $m2 "refuel") (i64.const 0))
(assert_return (invoke $m2 "f3" (i32.const 1724676786) (i32.const 1707762291)) (i32.const -1))
(assert_return (invoke $m2 "refuel") (i64.const 0))
(assert_trap (invoke $m2 "f4" (v128.const i32x4 0x2fa70584 0xcccba568 0x00000000 0x00000000) (f64.const 16.75)) "cast failure")
(assert_return (invoke $m2 "refuel") (i64.const 0))
(assert_return (invoke $m2 "f5") (i64.const 4))
(assert_return (invoke $m2 "global1") (i64.const 0))
(assert_return (invoke $m2 "global2") (i64.const 4134138004049))
(assert_return (invoke $m2 "global3") (i64.const 3341456630))
(assert_return (invoke $m2 "global4") (i64.const 215275724))
(assert_return (invoke $m2 "global5") (i64.const 7160))
(assert_return (invoke $m2 "table0") (i64.const 269974691))
(assert_return (invoke $m2 "table1") (i64.const 1954))
(assert_return (get $m0 "global-0") (i32.const 16))
(assert_return (get $m0 "global-1") (ref.struct))
(assert_return (get $m0 "global-2") (ref.i31))
(assert_return (get $m0 "global-3") (ref.array))
;; the table "table-0" begins with (ref.func) (ref.func) (ref.func) (ref.func)
;; the table "table-1" begins with (ref.null) (ref.null) (ref.null)
(assert_return (get $m1 "global-0") (i32.const 16))
(assert_return (get $m1 "global-1") (f64.const 0.0))
(assert_return (get $m1 "global-2") (ref.i31))
(assert_return (get $m1 "global-3") (ref.struct))
;; the table "table-0" begins with (ref.func) (ref.func) (ref.func) (ref.func)
(assert_return (get $m2 "global-0") (i32.const 16))
(assert_return (get $m2 "global-1") (ref.i31))
(assert_return (get $m2 "global-2") (ref.array))
(assert_return (get $m2 "global-3") (ref.struct))
(assert_return (get $m2 "global-4") (ref.array))
(assert_return (get $m2 "global-5") (ref.struct))
;; the table "table-0" begins with (ref.func) (ref.func) (ref.func) (ref.func)
;; the table "table-1" begins with (ref.null) (ref.null)
;; the memory "memory-0" is zero from 6 on
