"""The raw ops of sparse tensors, sets, crosses and counts: right and wrong arguments."""

from tests.parity.case import Family

case = Family(__name__)


def add(tf, ai, av, ash, bi, bv, bs, th):
    return tf.raw_ops.SparseAdd(
        a_indices=ai, a_values=av, a_shape=ash, b_indices=bi, b_values=bv, b_shape=bs, thresh=th
    )


def M(tf, ii, v, sh, b, **k):
    return tf.raw_ops.SparseTensorDenseMatMul(a_indices=ii, a_values=v, a_shape=sh, b=b, **k)


def d(tf, ii, v, s, b):
    return tf.raw_ops.SparseTensorDenseAdd(a_indices=ii, a_values=v, a_shape=s, b=b)


def ds(tf, a, ii, v, s, o="union", val=True):
    return tf.raw_ops.DenseToSparseSetOperation(
        set1=a, set2_indices=ii, set2_values=v, set2_shape=s, set_operation=o, validate_indices=val
    )


def ss(tf, a, av, as_, ii, v, s, o="union", val=True):
    return tf.raw_ops.SparseToSparseSetOperation(
        set1_indices=a, set1_values=av, set1_shape=as_, set2_indices=ii, set2_values=v, set2_shape=s, set_operation=o,
        validate_indices=val,
    )  # fmt: skip


def ch(tf, ind, vals, shapes, dense, nb, strong, salt):
    return tf.raw_ops.SparseCrossHashed(
        indices=ind, values=vals, shapes=shapes, dense_inputs=dense, num_buckets=nb, strong_hash=strong, salt=salt
    )


def cv(tf, ind, vals, shapes, dense, sep="_X_"):
    return tf.raw_ops.SparseCrossV2(indices=ind, values=vals, shapes=shapes, dense_inputs=dense, sep=sep)


def c1(tf, ind, vals, shapes, dense, **k):
    return tf.raw_ops.SparseCross(indices=ind, values=vals, shapes=shapes, dense_inputs=dense, **k)


def extreme(tf, name, ai, av, ash, bi, bv, bs):
    return getattr(tf.raw_ops, f"SparseSparse{name}")(
        a_indices=ai, a_values=av, a_shape=ash, b_indices=bi, b_values=bv, b_shape=bs
    )


def reduced(tf, name, indices, values, shape, axes, keep=False):
    return getattr(tf.raw_ops, name)(
        input_indices=indices, input_values=values, input_shape=shape, reduction_axes=axes, keep_dims=keep
    )


def counted(tf, kind, values, weights, binary, options):
    weights = tf.constant([], tf.float32) if weights is None else tf.constant(weights)
    places = {"Sparse": {"indices": I3, "dense_shape": [2, 4]}, "Ragged": {"splits": [0, 2, 3]}, "Dense": {}}[kind]
    return getattr(tf.raw_ops, f"{kind}CountSparseOutput")(
        values=values, weights=weights, binary_output=binary, **places, **options
    )


def csr(tf, cube=False):
    """A matrix of compressed rows, or a batch of two."""
    dense = tf.reshape(tf.range(12.0), [2, 2, 3]) if cube else tf.constant([[1.0, 0.0, 2.0], [0.0, 0.0, 3.0]])
    x = tf.sparse.from_dense(dense)
    return tf.raw_ops.SparseTensorToCSRSparseMatrix(indices=x.indices, values=x.values, dense_shape=x.dense_shape)


def opened(tf, matrix):
    return tf.raw_ops.CSRSparseMatrixToDense(sparse_input=matrix, type=tf.float32)


def csr_product(tf, b, **options):
    return tf.raw_ops.SparseMatrixMatMul(a=csr(tf), b=b, **options)


I2 = [[0, 1], [1, 0]]
I3 = [[0, 1], [1, 0], [1, 3]]
THREE = [[0, 1], [1, 0], [1, 2]]
for name in ("Maximum", "Minimum"):
    for label, arguments in {
        "both": (I2, [1.0, -2.0], [2, 2], [[0, 0], [0, 1]], [-5.0, 7.0], [2, 2]),
        "shape": (I2, [1.0, -2.0], [2, 2], [[0, 0], [0, 1]], [-5.0, 7.0], [2, 3]),
        "rank": (I2, [1.0, -2.0], [2, 2], [[0, 0], [0, 1]], [-5.0, 7.0], [2, 2, 3]),
        "count": (I2, [1.0, -2.0, 3.0], [2, 2], [[0, 0], [0, 1]], [-5.0, 7.0], [2, 2]),
        "nan": (I2, [1.0, -2.0], [2, 2], I2, [float("nan"), 7.0], [2, 2]),
        "vector": ([1], [1.0, -2.0], [2, 2], I2, [0.0, 7.0], [2, 2]),
    }.items():
        case.either(f"{name}/{label}", extreme, name, *arguments)
for name in ("SparseReduceSum", "SparseReduceMax", "SparseReduceSumSparse", "SparseReduceMaxSparse"):
    for axes in ([1], 1, [-2], [0, 1], [2], [0, 0], [[1]]):
        case.either(f"{name}/{axes}", reduced, name, THREE, [1.0, -2.0, -5.0], [3, 3], axes)
        case.either(f"{name}/keep/{axes}", reduced, name, THREE, [1.0, -2.0, -5.0], [3, 3], axes, True)
    case.either(f"{name}/unordered", reduced, name, [[1, 2], [0, 1], [1, 0]], [1.0, -2.0, -5.0], [3, 3], [0])
    case.either(f"{name}/outside", reduced, name, [[1, 2], [0, 9]], [1.0, -2.0], [3, 3], [0])
    case.either(f"{name}/count", reduced, name, [[1, 2], [0, 1]], [1.0, -2.0, 3.0], [3, 3], [0])
for kind in ("Sparse", "Dense", "Ragged"):
    for binary in (False, True):
        for label, weights in (("plain", None), ("weighted", [1.0, 2.0, 4.0])):
            for options in ({}, {"minlength": 5}, {"maxlength": 2}, {"minlength": 5, "maxlength": 2}, {"maxlength": 0}):
                name = f"{kind}CountSparseOutput/{label}/{binary}/{'_'.join(options)}/{sum(options.values())}"
                case.either(name, counted, kind, [1, 2, 2], weights, binary, options)

# The rows see `tf`, `i` (two index vectors), `E` (no weights) and `E0` (no index vectors).
ROWS = """
    reorder/1: tf.raw_ops.SparseReorder(input_indices=[[0,1],[0,0],[0,1]],input_values=[1,2,3],input_shape=[2,2])
    reorder/2: tf.raw_ops.SparseReorder(input_indices=[[0,1],[0,5]],input_values=[1,2],input_shape=[2,2])
    reorder/3: tf.raw_ops.SparseReorder(input_indices=[[1,1],[0,5]],input_values=[1,2],input_shape=[2,2])
    reorder/4: tf.raw_ops.SparseReorder(input_indices=[[0,1],[0,0]],input_values=[1],input_shape=[2,2])
    reorder/5: tf.raw_ops.SparseReorder(input_indices=[[0,1],[0,0]],input_values=[1,2],input_shape=[2,2,2])
    reorder/6: tf.raw_ops.SparseReorder(input_indices=[0,1],input_values=[1,2],input_shape=[2,2,2])
    reorder/7: tf.raw_ops.SparseReorder(input_indices=[[0,1]],input_values=[[1]],input_shape=[2,2])
    reorder/8: tf.raw_ops.SparseReorder(input_indices=[[0,1]],input_values=[1],input_shape=[[2,2]])
    reshape/1: tf.raw_ops.SparseReshape(input_indices=[[0,1]],input_shape=[2,3],new_shape=[3,-1])
    reshape/2: tf.raw_ops.SparseReshape(input_indices=[[0,1]],input_shape=[2,3],new_shape=[-1,-1])
    reshape/3: tf.raw_ops.SparseReshape(input_indices=[[0,1]],input_shape=[2,3],new_shape=[4,-1])
    reshape/4: tf.raw_ops.SparseReshape(input_indices=[[0,1]],input_shape=[2,3],new_shape=[4,2])
    reshape/5: tf.raw_ops.SparseReshape(input_indices=[[0,1]],input_shape=[2,3],new_shape=[0,-1])
    reshape/6: tf.raw_ops.SparseReshape(input_indices=[[0,1]],input_shape=[2,0],new_shape=[0,-1])
    reshape/7: tf.raw_ops.SparseReshape(input_indices=[[0,1]],input_shape=[2,0],new_shape=[3,-1])
    reshape/8: tf.raw_ops.SparseReshape(input_indices=[[0,1]],input_shape=[2,3],new_shape=[-2,3])
    reshape/9: tf.raw_ops.SparseReshape(input_indices=[[0,1]],input_shape=[2,3],new_shape=[[6]])
    reshape/10: tf.raw_ops.SparseReshape(input_indices=[0,1],input_shape=[2,3],new_shape=[6])
    reshape/11: tf.raw_ops.SparseReshape(input_indices=[[0,1]],input_shape=[2,3,4],new_shape=[6])
    reshape/12: tf.raw_ops.SparseReshape(input_indices=[[0,1]],input_shape=[[2,3]],new_shape=[6])
    reshape/13: tf.raw_ops.SparseReshape(input_indices=[[0,5]],input_shape=[2,3],new_shape=[6])
    reshape/14: tf.raw_ops.SparseReshape(input_indices=[[0,1]],input_shape=[2,3],new_shape=[])
    reshape/15: tf.raw_ops.SparseReshape(input_indices=tf.zeros([0,2],tf.int64),input_shape=[2,3],new_shape=[6,1])
    reshape/16: tf.raw_ops.SparseReshape(input_indices=tf.zeros([3,0],tf.int64),input_shape=tf.zeros([0],tf.int64),new_shape=[1,1])
    reshape/17: tf.raw_ops.SparseReshape(input_indices=[[0,1]],input_shape=[2,3],new_shape=[2,3])
    reshape/18: tf.raw_ops.SparseReshape(input_indices=[[0,9]],input_shape=[2,3],new_shape=[2,3])
    concat/1: tf.raw_ops.SparseConcat(indices=[i,i],values=[[1,2],[3,4]],shapes=[[2,3],[2,3]],concat_dim=0)
    concat/2: tf.raw_ops.SparseConcat(indices=[i,i],values=[[1,2],[3,4]],shapes=[[2,3],[2,3]],concat_dim=-1)
    concat/3: tf.raw_ops.SparseConcat(indices=[i,i],values=[[1,2],[3,4]],shapes=[[2,3],[2,3]],concat_dim=2)
    concat/4: tf.raw_ops.SparseConcat(indices=[i,i],values=[[1,2],[3,4]],shapes=[[2,3],[2,4]],concat_dim=0)
    concat/5: tf.raw_ops.SparseConcat(indices=[i,i],values=[[1,2],[3,4]],shapes=[[2,3],[2,4,1]],concat_dim=0)
    concat/6: tf.raw_ops.SparseConcat(indices=[i,i],values=[[1,2],[3,4,5]],shapes=[[2,3],[2,4]],concat_dim=1)
    concat/7: tf.raw_ops.SparseConcat(indices=[i[::-1],i],values=[[1,2],[3,4]],shapes=[[2,3],[2,4]],concat_dim=1)
    concat/8: tf.raw_ops.SparseConcat(indices=[i],values=[[1,2]],shapes=[[2,3]],concat_dim=1)
    concat/9: tf.raw_ops.SparseConcat(indices=[i,[1,2]],values=[[1,2],[3,4]],shapes=[[2,3],[2,3]],concat_dim=0)
    concat/10: tf.raw_ops.SparseConcat(indices=[i,i],values=[[1,2],[[3,4]]],shapes=[[2,3],[2,3]],concat_dim=0)
    concat/11: tf.raw_ops.SparseConcat(indices=[i,i],values=[[1,2],[3,4]],shapes=[[2,3],[[2,3]]],concat_dim=0)
    concat/12: tf.raw_ops.SparseConcat(indices=[i,i],values=[[1,2],[3,4]],shapes=[[2,3],[2]],concat_dim=0)
    concat/13: tf.raw_ops.SparseConcat(indices=[i,[[0,7]]],values=[[1,2],[3]],shapes=[[2,3],[2,3]],concat_dim=0)
    split/1: tf.raw_ops.SparseSplit(split_dim=1,indices=i,values=[1,2],shape=[2,5],num_split=2)
    split/2: tf.raw_ops.SparseSplit(split_dim=-1,indices=i,values=[1,2],shape=[2,5],num_split=2)
    split/3: tf.raw_ops.SparseSplit(split_dim=2,indices=i,values=[1,2],shape=[2,5],num_split=2)
    split/4: tf.raw_ops.SparseSplit(split_dim=0,indices=i,values=[1,2],shape=[2,5],num_split=3)
    split/5: tf.raw_ops.SparseSplit(split_dim=0,indices=i,values=[1,2],shape=[2,5],num_split=0)
    split/6: tf.raw_ops.SparseSplit(split_dim=[0],indices=i,values=[1,2],shape=[2,5],num_split=1)
    split/7: tf.raw_ops.SparseSplit(split_dim=[0,1],indices=i,values=[1,2],shape=[2,5],num_split=1)
    split/8: tf.raw_ops.SparseSplit(split_dim=0,indices=[1,2],values=[1,2],shape=[2,5],num_split=1)
    split/9: tf.raw_ops.SparseSplit(split_dim=0,indices=i,values=[1,2,3],shape=[2,5],num_split=1)
    split/10: tf.raw_ops.SparseSplit(split_dim=0,indices=i,values=[1,2],shape=[2,5,6],num_split=1)
    split/11: tf.raw_ops.SparseSplit(split_dim=1,indices=i,values=[1,2],shape=[2,7],num_split=3)
    split/12: tf.raw_ops.SparseSplit(split_dim=1,indices=[[0,9]],values=[1],shape=[2,7],num_split=3)
    split/13: tf.raw_ops.SparseSplit(split_dim=0,indices=i,values=[1,2],shape=[2,-5],num_split=1)
    slice/1: tf.raw_ops.SparseSlice(indices=i,values=[1,2],shape=[2,5],start=[0,1],size=[1,2])
    slice/2: tf.raw_ops.SparseSlice(indices=i,values=[1,2],shape=[2,5],start=[0,1],size=[1,20])
    slice/3: tf.raw_ops.SparseSlice(indices=i,values=[1,2],shape=[2,5],start=[0,7],size=[1,20])
    slice/4: tf.raw_ops.SparseSlice(indices=i,values=[1,2],shape=[2,5],start=[0,-1],size=[1,3])
    slice/5: tf.raw_ops.SparseSlice(indices=i,values=[1,2],shape=[2,5],start=[0,1],size=[1,-1])
    slice/6: tf.raw_ops.SparseSlice(indices=i,values=[1,2],shape=[2,5],start=[0],size=[1])
    slice/7: tf.raw_ops.SparseSlice(indices=i,values=[1,2],shape=[2,5],start=[[0,1]],size=[1,2])
    slice/8: tf.raw_ops.SparseSlice(indices=i,values=[1,2],shape=[2,5],start=[0,1],size=[1])
    slice/9: tf.raw_ops.SparseSlice(indices=i,values=[1,2,3],shape=[2,5],start=[0,1],size=[1,2])
    slice/10: tf.raw_ops.SparseSlice(indices=[1,2],values=[1,2],shape=[2,5],start=[0,1],size=[1,2])
    slice/11: tf.raw_ops.SparseSlice(indices=i,values=[1,2],shape=[2,5,6],start=[0,1],size=[1,2])
    fill/1: tf.raw_ops.SparseFillEmptyRows(indices=[[0,1],[2,0]],values=[1,2],dense_shape=[4,2],default_value=-1)
    fill/2: tf.raw_ops.SparseFillEmptyRows(indices=[[2,1],[0,0],[2,0]],values=[1,2,3],dense_shape=[4,2],default_value=-1)
    fill/3: tf.raw_ops.SparseFillEmptyRows(indices=[[2,1],[9,0]],values=[1,2],dense_shape=[4,2],default_value=-1)
    fill/4: tf.raw_ops.SparseFillEmptyRows(indices=tf.zeros([0,2],tf.int64),values=tf.zeros([0]),dense_shape=[0,2],default_value=-1)
    fill/5: tf.raw_ops.SparseFillEmptyRows(indices=tf.zeros([0,2],tf.int64),values=tf.zeros([0]),dense_shape=[2,0],default_value=-1)
    fill/6: tf.raw_ops.SparseFillEmptyRows(indices=[[0,0]],values=[1],dense_shape=[0,2],default_value=-1)
    fill/7: tf.raw_ops.SparseFillEmptyRows(indices=[[0,0]],values=[1,2],dense_shape=[2,2],default_value=-1)
    fill/8: tf.raw_ops.SparseFillEmptyRows(indices=[[0,0]],values=[1],dense_shape=[2,2],default_value=[-1])
    fill/9: tf.raw_ops.SparseFillEmptyRows(indices=[[0,0]],values=[1],dense_shape=[[2,2]],default_value=-1)
    fill/10: tf.raw_ops.SparseFillEmptyRows(indices=[0,0],values=[1],dense_shape=[2,2],default_value=-1)
    fill/11: tf.raw_ops.SparseFillEmptyRows(indices=[[0,0]],values=[[1]],dense_shape=[2,2],default_value=-1)
    fill/12: tf.raw_ops.SparseFillEmptyRows(indices=[[0,0]],values=[1],dense_shape=[2,2,2],default_value=-1)
    fill/13: tf.raw_ops.SparseFillEmptyRows(indices=tf.zeros([0,1],tf.int64),values=tf.zeros([0]),dense_shape=[],default_value=-1)
    fill/14: tf.raw_ops.SparseFillEmptyRowsGrad(reverse_index_map=[0,2],grad_values=[1.,2.,3.])
    fill/15: tf.raw_ops.SparseFillEmptyRowsGrad(reverse_index_map=[0,3],grad_values=[1.,2.,3.])
    add/1: add(tf, i,[1.,2.],[2,2],i,[-1.,3.],[2,2],0.)
    add/2: add(tf, i,[1.,2.],[2,2],i,[-1.,3.],[2,2],0.1)
    add/3: add(tf, i,[1.,2.],[2,2],[[0,0]],[-0.05],[2,2],0.1)
    add/4: add(tf, i,[1,2],[2,2],[[0,0]],[5],[2,2],2)
    add/5: add(tf, i,[1.,2.],[2,2],i,[-1.,3.],[2,3],0.)
    add/6: add(tf, i,[1.,2.],[2,2],i,[-1.,3.],[2,2,1],0.)
    add/7: add(tf, i,[1.,2.],[2,2],[1,2],[-1.,3.],[2,2],0.)
    add/8: add(tf, i,[1.,2.,3.],[2,2],i,[-1.,3.],[2,2],0.)
    add/9: add(tf, i,[1.,2.],[2,2],i,[[-1.,3.]],[2,2],0.)
    add/10: add(tf, i,[1.,2.],[2,2],i,[-1.,3.],[[2,2]],0.)
    add/11: add(tf, i,[1.,2.],[2,2],i,[-1.,3.],[2,2],[0.])
    add/12: add(tf, i,[1.,2.],[2,2],i[::-1],[-1.,3.],[2,2],0.)
    add/13: add(tf, [[0,1],[0,1]],[1.,2.],[2,2],i,[-1.,3.],[2,2],0.)
    add/14: add(tf, [[0,1],[0,9]],[1.,2.],[2,2],i,[-1.,3.],[2,2],0.)
    add/15: add(tf, tf.zeros([0,0],tf.int64),tf.zeros([0]),tf.zeros([0],tf.int64),tf.zeros([0,0],tf.int64),tf.zeros([0]),tf.zeros([0],tf.int64),0.)
    matmul/1: M(tf, i,[1.,2.],[2,3],[[1.,2.],[3.,4.],[5.,6.]])
    matmul/2: M(tf, i,[1.,2.],[2,3],[[1.,2.],[3.,4.]],adjoint_a=True)
    matmul/3: M(tf, i,[1.,2.],[2,3],[[1.,2.,7.],[3.,4.,8.]],adjoint_b=True)
    matmul/4: M(tf, i,[1.,2.],[2,3],[[1.,2.],[3.,4.]])
    matmul/5: M(tf, i,[1.,2.],[2,3],[1.,2.])
    matmul/6: M(tf, i,[1.,2.],[2,3,4],[[1.,2.]])
    matmul/7: M(tf, i,[1.,2.],[[2,3]],[[1.,2.]])
    matmul/8: M(tf, [[0,0,0]],[1.],[2,3],[[1.,2.],[3.,4.],[5.,6.]])
    matmul/9: M(tf, i,[1.,2.,3.],[2,3],[[1.,2.],[3.,4.],[5.,6.]])
    matmul/10: M(tf, [[0,1],[5,0]],[1.,2.],[2,3],[[1.,2.],[3.,4.],[5.,6.]])
    matmul/11: M(tf, [[0,1],[0,7]],[1.,2.],[2,3],[[1.,2.],[3.,4.],[5.,6.]])
    matmul/12: M(tf, [[0,1],[0,-1]],[1.,2.],[2,3],[[1.,2.],[3.,4.],[5.,6.]])
    matmul/13: M(tf, [[0,1],[0,1]],[1.,2.],[2,3],[[1.,2.],[3.,4.],[5.,6.]])
    matmul/14: M(tf, E0,tf.zeros([0]),[2,0],tf.zeros([0,3]))
    matmul/15: M(tf, i,[1,2],[2,3],[[1,2],[3,4],[5,6]])
    matmul/16: M(tf, i,tf.constant([1j,2.]),[2,2],tf.constant([[1j,2.],[3.,4.]]),adjoint_a=True,adjoint_b=True)
    matmul/17: M(tf, i,tf.constant([1.,2.],tf.bfloat16),[2,2],tf.constant([[1,2.],[3.,4.]],tf.bfloat16))
    matmul/18: M(tf, i,tf.constant([1.,2.],tf.float16),[2,2],tf.constant([[1,2.],[3.,4.]],tf.float16))
    dense_add/1: d(tf, i,[1.,2.],[2,2],[[1.,2.],[3.,4.]])
    dense_add/2: d(tf, [[0,1],[0,1]],[1.,2.],[2,2],[[1.,2.],[3.,4.]])
    dense_add/3: d(tf, i,[1.,2.],[2,3],[[1.,2.],[3.,4.]])
    dense_add/4: d(tf, i,[1.,2.],[2,2,1],[[1.,2.],[3.,4.]])
    dense_add/5: d(tf, [[0,1],[5,0]],[1.,2.],[2,2],[[1.,2.],[3.,4.]])
    dense_add/6: d(tf, i,[1.,2.,3.],[2,2],[[1.,2.],[3.,4.]])
    dense_add/7: d(tf, i,[1.,2.],[2,2],[1.,2.])
    dense_add/8: d(tf, [[0,0,0,0,0,0]],[1.],[1]*6,tf.zeros([1]*6))
    sets/1: tf.raw_ops.DenseToDenseSetOperation(set1=[[b'b',b'a']],set2=[[b'a']],set_operation='union')
    sets/2: tf.raw_ops.DenseToDenseSetOperation(set1=[[3,1,1],[2,2,5]],set2=[[1,9]],set_operation='union')
    sets/3: tf.raw_ops.DenseToDenseSetOperation(set1=[3,1,1],set2=[1,9],set_operation='union')
    sets/4: tf.raw_ops.DenseToDenseSetOperation(set1=[[3,1,1],[2,2,5]],set2=[[[1,9]]],set_operation='union')
    sets/5: tf.raw_ops.DenseToDenseSetOperation(set1=tf.zeros([2,0],tf.int32),set2=tf.zeros([2,0],tf.int32),set_operation='union')
    sets/6: ds(tf, [[3,1],[2,5]],[[0,0],[1,0],[1,1]],[7,5,2],[2,2])
    sets/7: ds(tf, [[3,1],[2,5]],[[0,0],[1,1],[1,0]],[7,5,2],[2,2])
    sets/8: ds(tf, [[3,1],[2,5]],[[0,0],[1,1],[1,0]],[7,5,2],[2,2],val=False)
    sets/9: ds(tf, [[3,1],[2,5]],[[0,0],[1,7]],[7,5],[2,2])
    sets/10: ds(tf, [[3,1],[2,5]],[[0,0],[3,1]],[7,5],[4,2])
    sets/11: ds(tf, [[3,1],[2,5]],[[0,0],[1,0]],[7,5],[2,2],o='a-b')
    sets/12: ss(tf, [[0,0],[1,0]],[3,1],[2,1],[[0,0],[1,0],[1,1]],[7,5,2],[2,2])
    sets/13: ss(tf, [[0,0],[2,0]],[3,1],[3,1],[[0,0],[1,0],[1,1]],[7,5,2],[3,2],'b-a')
    sets/14: ss(tf, [[0,0],[2,0]],[3,1],[3,1],[[0,0],[1,0],[1,1]],[7,5,2],[4,2],'b-a')
    sets/15: ss(tf, [[0,0],[2,0]],[3,1],[3,1],[[0,0],[1,0],[1,1]],[7,5,2],[4,2,1],'b-a')
    sets/16: ss(tf, [[0,0],[2,0]],[3,1,2],[3,1],[[0,0],[1,0],[1,1]],[7,5,2],[3,2],'b-a')
    sets/17: tf.raw_ops.SetSize(set_indices=[[0,0],[0,1],[2,0]],set_values=[1,1,3],set_shape=[3,2])
    sets/18: tf.raw_ops.SetSize(set_indices=[[0,0],[0,1],[2,0]],set_values=[1,2,3],set_shape=[3,2])
    sets/19: tf.raw_ops.SetSize(set_indices=[[0,0,0],[0,1,1],[2,0,0]],set_values=[1,2,3],set_shape=[3,2,2])
    sets/20: tf.raw_ops.SetSize(set_indices=[[2,0],[0,1]],set_values=[1,2],set_shape=[3,2])
    sets/21: tf.raw_ops.SetSize(set_indices=[[0],[1]],set_values=[1,2],set_shape=[3])
    sets/22: tf.raw_ops.SetSize(set_indices=[[0,0],[5,1]],set_values=[1,2],set_shape=[3,2])
    ragged_fill/1: tf.raw_ops.RaggedFillEmptyRows(value_rowids=[0,0,2],values=[1,2,3],nrows=4,default_value=-1)
    ragged_fill/2: tf.raw_ops.RaggedFillEmptyRows(value_rowids=[2,0],values=[1,2],nrows=4,default_value=-1)
    ragged_fill/3: tf.raw_ops.RaggedFillEmptyRows(value_rowids=[5],values=[1],nrows=4,default_value=-1)
    ragged_fill/5: tf.raw_ops.RaggedFillEmptyRows(value_rowids=[0],values=[1],nrows=[4],default_value=-1)
    ragged_fill/6: tf.raw_ops.RaggedFillEmptyRows(value_rowids=[0,1],values=[1],nrows=4,default_value=-1)
    ragged_fill/7: tf.raw_ops.RaggedFillEmptyRows(value_rowids=[0],values=[1],nrows=0,default_value=-1)
    ragged_fill/8: tf.raw_ops.RaggedFillEmptyRowsGrad(reverse_index_map=[0,2],grad_values=[1.,2.,3.])
    ragged_fill/9: tf.raw_ops.SparseMatMul(a=[[1.,0.]],b=[[2.],[3.]])
    ragged_fill/10: tf.raw_ops.SparseMatMul(a=[[1.,0.]],b=[[2.,3.]],transpose_a=True,a_is_sparse=True)
    ragged_fill/11: tf.raw_ops.SparseMatMul(a=[[1.,0.]],b=[[2.,3.]])
    ragged_fill/12: tf.raw_ops.SparseMatMul(a=[1.,0.],b=[[2.,3.]])
    cross/1/0: ch(tf, [[[0,0],[1,0],[1,1]],[[0,0],[1,0]]],[tf.constant(['a','b','c']),tf.constant([5,6],tf.int64)],[[2,2],[2,1]],[tf.constant([['q'],['r']])],0,False,[3,4])
    cross/1/1: ch(tf, [[[0,0],[1,0],[1,1]],[[0,0],[1,0]]],[tf.constant(['a','b','c']),tf.constant([5,6],tf.int64)],[[2,2],[2,1]],[tf.constant([['q'],['r']])],1000,True,[3,4])
    cross/1/2: ch(tf, [[[0,0],[1,0],[1,1]],[[0,0],[1,0]]],[tf.constant(['a','b','c']),tf.constant([5,6],tf.int64)],[[2,2],[2,1]],[tf.constant([['q'],['r']])],1000,False,[3,4])
    cross/1/3: ch(tf, [[[0,0],[1,0],[1,1]],[[0,0],[1,0]]],[tf.constant(['a','b','c']),tf.constant([5,6],tf.int64)],[[2,2],[2,1]],[tf.constant([['q'],['r']])],0,True,[3,4])
    cross/2: cv(tf, [[[0,0],[1,0],[1,1]],[[0,0],[1,0]]],[tf.constant(['a','b','c']),tf.constant([5,6],tf.int64)],[[2,2],[2,1]],[tf.constant([['q','z'],['r','w']])])
    cross/3: cv(tf, [],[],[],[tf.constant([['q','z'],['r','w']])])
    cross/4: cv(tf, [[[0,0]]],[tf.constant(['a'])],[[2,2]],[tf.constant([['q','z'],['r','w']])])
    cross/5: cv(tf, [[[0,0]]],[tf.constant(['a'])],[[2,2]],[tf.constant([['q','z']])])
    cross/6: cv(tf, [[[0,0],[0,1]]],[tf.constant(['a'])],[[2,2]],[])
    cross/7: cv(tf, [[[0]]],[tf.constant(['a'])],[[2]],[])
    cross/8: cv(tf, [[[0,0,0]]],[tf.constant(['a'])],[[2,1,1]],[])
    cross/9: cv(tf, [[[5,0]]],[tf.constant(['a'])],[[2,1]],[])
    cross/10: cv(tf, [[[0,0]]],[tf.constant(['a'])],[[2,1]],[tf.constant(['q'])])
    cross/12: c1([[[0,0],[1,0],[1,1]],[[0,0],[1,0]]],[tf.constant(['a','b','c']),tf.constant([5,6],tf.int64)],[[2,2],[2,1]],[tf.constant([['q'],['r']])],hashed_output=False,num_buckets=0,hash_key=7,out_type=tf.string,internal_type=tf.string)
    cross/13/0: c1([[[0,0],[1,0],[1,1]],[[0,0],[1,0]]],[tf.constant(['a','b','c']),tf.constant([5,6],tf.int64)],[[2,2],[2,1]],[tf.constant([['q'],['r']])],hashed_output=True,num_buckets=0,hash_key=7,out_type=tf.int64,internal_type=tf.string)
    cross/13/1: c1([[[0,0],[1,0],[1,1]],[[0,0],[1,0]]],[tf.constant(['a','b','c']),tf.constant([5,6],tf.int64)],[[2,2],[2,1]],[tf.constant([['q'],['r']])],hashed_output=True,num_buckets=1000,hash_key=7,out_type=tf.int64,internal_type=tf.string)
    cross/14: c1([[[0,0],[1,0]]],[tf.constant([5,6],tf.int64)],[[2,1]],[tf.constant([[9],[8]],tf.int64)],hashed_output=True,num_buckets=0,hash_key=7,out_type=tf.int64,internal_type=tf.int64)
    cross/15: c1([[[0,0],[1,0]]],[tf.constant([5,6],tf.int64)],[[2,1]],[tf.constant([[9],[8]],tf.int64)],hashed_output=False,num_buckets=0,hash_key=7,out_type=tf.int64,internal_type=tf.int64)
    cross/16: c1([[[0,0],[1,0]]],[tf.constant([5,6],tf.int64)],[[2,1]],[tf.constant([[9],[8]],tf.int64)],hashed_output=False,num_buckets=0,hash_key=7,out_type=tf.string,internal_type=tf.string)
    csr/dense: opened(tf, csr(tf))
    csr/dense_cube: opened(tf, csr(tf, True))
    csr/dense_dtype: tf.raw_ops.CSRSparseMatrixToDense(sparse_input=csr(tf), type=tf.float64)
    csr/sparse: tf.raw_ops.CSRSparseMatrixToSparseTensor(sparse_matrix=csr(tf), type=tf.float32)
    csr/components: tf.raw_ops.CSRSparseMatrixComponents(csr_sparse_matrix=csr(tf, True), index=1, type=tf.float32)
    csr/components_far: tf.raw_ops.CSRSparseMatrixComponents(csr_sparse_matrix=csr(tf, True), index=5, type=tf.float32)
    csr/count: tf.raw_ops.SparseMatrixNNZ(sparse_matrix=csr(tf))
    csr/count_cube: tf.raw_ops.SparseMatrixNNZ(sparse_matrix=csr(tf, True))
    csr/matmul: csr_product(tf, tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    csr/matmul_transposed: csr_product(tf, tf.ones([2, 2]), transpose_a=True)
    csr/matmul_adjoint: csr_product(tf, tf.ones([2, 3]), adjoint_b=True, conjugate_output=True)
    csr/matmul_output: csr_product(tf, tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), transpose_output=True)
    csr/matmul_inner: csr_product(tf, tf.ones([2, 2]))
    csr/matmul_cube: tf.raw_ops.SparseMatrixMatMul(a=csr(tf, True), b=tf.ones([2, 3, 1]))
    csr/sparse_matmul: opened(tf, tf.raw_ops.SparseMatrixSparseMatMul(a=csr(tf), b=csr(tf), type=tf.float32, transpose_b=True))
    csr/transpose: opened(tf, tf.raw_ops.SparseMatrixTranspose(input=csr(tf), type=tf.float32))
    csr/of_dense: opened(tf, tf.raw_ops.DenseToCSRSparseMatrix(dense_input=[[1.0, 2.0], [3.0, 4.0]], indices=[[0, 1], [1, 0]]))
    csr/of_vector: tf.raw_ops.SparseTensorToCSRSparseMatrix(indices=[[0]], values=[1.0], dense_shape=[3])
    csr/of_outside: tf.raw_ops.SparseTensorToCSRSparseMatrix(indices=[[0, 9]], values=[1.0], dense_shape=[3, 3])
    variant/batched: tf.raw_ops.RaggedTensorFromVariant(encoded_ragged=tf.raw_ops.RaggedTensorToVariant(rt_nested_splits=[tf.constant([0, 2, 3], tf.int64)], rt_dense_values=[1, 2, 3], batched_input=True), input_ragged_rank=-1, output_ragged_rank=1, Tvalues=tf.int32)
    variant/whole: tf.raw_ops.RaggedTensorFromVariant(encoded_ragged=tf.raw_ops.RaggedTensorToVariant(rt_nested_splits=[tf.constant([0, 2, 3], tf.int64)], rt_dense_values=[1, 2, 3], batched_input=False), input_ragged_rank=1, output_ragged_rank=1, Tvalues=tf.int32)
    variant/dtype: tf.raw_ops.RaggedTensorFromVariant(encoded_ragged=tf.raw_ops.RaggedTensorToVariant(rt_nested_splits=[tf.constant([0, 2, 3], tf.int64)], rt_dense_values=[1, 2, 3], batched_input=False), input_ragged_rank=1, output_ragged_rank=1, Tvalues=tf.float32)
    variant/rank: tf.raw_ops.RaggedTensorFromVariant(encoded_ragged=tf.raw_ops.RaggedTensorToVariant(rt_nested_splits=[tf.constant([0, 2, 3], tf.int64)], rt_dense_values=[1, 2, 3], batched_input=True), input_ragged_rank=1, output_ragged_rank=3, Tvalues=tf.int32)
    variant/deep: tf.raw_ops.RaggedTensorFromVariant(encoded_ragged=tf.raw_ops.RaggedTensorToVariant(rt_nested_splits=[tf.constant([0, 2, 3], tf.int64), tf.constant([0, 1, 1, 3], tf.int64)], rt_dense_values=[1, 2, 3], batched_input=True), input_ragged_rank=1, output_ragged_rank=2, Tvalues=tf.int32)
    variant/stacked: tf.raw_ops.RaggedTensorFromVariant(encoded_ragged=tf.stack([tf.raw_ops.RaggedTensorToVariant(rt_nested_splits=[tf.constant([0, 2, 3], tf.int64)], rt_dense_values=[1, 2, 3], batched_input=True)] * 2), input_ragged_rank=0, output_ragged_rank=2, Tvalues=tf.int32)
"""


def _case(expression):
    function = eval(f"lambda tf, i, E, E0: {expression}", globals())
    return lambda tf: function(tf, I2, tf.constant([], tf.float32), tf.zeros([0, 2], tf.int64))


for row in ROWS.strip().splitlines():
    name, _, expression = row.strip().partition(": ")
    case.either(name, _case(expression))
