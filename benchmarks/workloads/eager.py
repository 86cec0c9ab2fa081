"""Eager ops and gradients: nobody compiles the user's function here.

The small ops are 16 x 16 float32, where the cost is the call; the large ones hold a million
numbers, where it is the kernel.
"""

import numpy as np
from harness import case

SMALL = np.random.default_rng(0).standard_normal((2, 16, 16)).astype(np.float32)
LARGE = np.random.default_rng(1).standard_normal((2, 1000, 1000)).astype(np.float32)


def op(name, arrays, **functions):
    """Register a workload that calls one function of two tensors, given for each family."""

    def measure(run):
        if run.engine.family == "tf":
            tf = run.tf()
            a, b = (tf.constant(array) for array in arrays)
            function = functions["tf"](tf)
        elif run.engine.family == "torch":
            torch = run.torch()
            a, b = (torch.from_numpy(array) for array in arrays)
            function = functions["torch"](torch)
        elif run.engine.family == "jax":
            jnp = run.jax().numpy
            a, b = (jnp.asarray(array) for array in arrays)
            function = functions.get("jax", functions["np"])(jnp)
        else:
            a, b = arrays
            function = functions["np"](np)
        result = function(a, b)
        run.check(np.asarray(result, np.float64).sum())
        run.time(lambda: function(a, b))

    case(name, "tf", "torch", "jax", "numpy")(measure)


def same(function):
    """The same source for every family."""
    return dict.fromkeys(("tf", "torch", "np"), function)


op("eager/add16", SMALL, **same(lambda lib: lambda a, b: a + b))
op("eager/matmul16", SMALL, **same(lambda lib: lambda a, b: a @ b))
op("eager/tanh16", SMALL, **same(lambda lib: lambda a, b: lib.tanh(a)))
op(
    "eager/reduce_sum16",
    SMALL,
    tf=lambda tf: lambda a, b: tf.reduce_sum(a),
    torch=lambda torch: lambda a, b: torch.sum(a),
    np=lambda np: lambda a, b: np.sum(a),
)
op("eager/slice", SMALL, **same(lambda lib: lambda a, b: a[2:10, 3:12]))
op(
    "eager/concat",
    SMALL,
    tf=lambda tf: lambda a, b: tf.concat([a, b], 0),
    torch=lambda torch: lambda a, b: torch.cat([a, b], 0),
    np=lambda np: lambda a, b: np.concatenate([a, b], 0),
)
op("eager/broadcast_add", (SMALL[0], SMALL[1, 0]), **same(lambda lib: lambda a, b: a + b))

op("eager/add1e6", LARGE, **same(lambda lib: lambda a, b: a + b))
op("eager/tanh1e6", LARGE, **same(lambda lib: lambda a, b: lib.tanh(a)))
op("eager/exp1e6", LARGE, **same(lambda lib: lambda a, b: lib.exp(a)))
op(
    "eager/reduce1e6",
    LARGE,
    tf=lambda tf: lambda a, b: tf.reduce_sum(a),
    torch=lambda torch: lambda a, b: torch.sum(a),
    np=lambda np: lambda a, b: np.sum(a),
)
op("eager/matmul1000", LARGE, **same(lambda lib: lambda a, b: a @ b))


# -- the tape: the gradient of 4w + w**3 at 1 -----------------------------------------------------


@case("eager/seed_gradient", "tf")
def seed_gradient_tf(run):
    tf = run.tf()
    w = tf.Variable(1.0)

    def gradient():
        with tf.GradientTape() as tape:
            loss = 4 * w + w**3
        return tape.gradient(loss, w)

    run.check(gradient())
    run.time(gradient)


@case("eager/seed_gradient", "torch")
def seed_gradient_torch(run):
    torch = run.torch()
    w = torch.tensor(1.0, requires_grad=True)

    def gradient():
        loss = 4 * w + w**3
        return torch.autograd.grad(loss, w)[0]

    run.check(gradient())
    run.time(gradient)


@case("eager/seed_gradient", "jax")
def seed_gradient_jax(run):
    jax = run.jax()
    w = jax.numpy.float32(1.0)
    gradient = jax.grad(lambda w: 4 * w + w**3)
    run.check(gradient(w))
    run.time(lambda: gradient(w))


# -- one step of a 32-32-1 MLP on a batch of 32, with the update written out ----------------------


def small_mlp():
    random = np.random.default_rng(2)
    weights = [
        random.standard_normal((32, 32)) / 6,
        np.zeros(32),
        random.standard_normal((32, 1)) / 6,
        np.zeros(1),
    ]
    x, y = random.standard_normal((32, 32)), random.standard_normal((32, 1))
    return [w.astype(np.float32) for w in weights], x.astype(np.float32), y.astype(np.float32)


def run_steps(run, step):
    for _ in range(10):
        loss = step()
    run.check(loss)
    run.time(step)


@case("eager/mlp_step_small", "tf")
def mlp_step_tf(run):
    tf = run.tf()
    weights, x, y = small_mlp()
    variables = [tf.Variable(w) for w in weights]
    x, y = tf.constant(x), tf.constant(y)

    def step():
        w1, b1, w2, b2 = variables
        with tf.GradientTape() as tape:
            hidden = tf.tanh(x @ w1 + b1)
            loss = tf.reduce_mean((hidden @ w2 + b2 - y) ** 2)
        for variable, gradient in zip(variables, tape.gradient(loss, variables)):
            variable.assign_sub(0.01 * gradient)
        return loss

    run_steps(run, step)


@case("eager/mlp_step_small", "torch")
def mlp_step_torch(run):
    torch = run.torch()
    weights, x, y = small_mlp()
    parameters = [torch.tensor(w, requires_grad=True) for w in weights]
    x, y = torch.from_numpy(x), torch.from_numpy(y)

    def step():
        w1, b1, w2, b2 = parameters
        hidden = torch.tanh(x @ w1 + b1)
        loss = torch.mean((hidden @ w2 + b2 - y) ** 2)
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients):
                parameter.sub_(gradient, alpha=0.01)
        return loss.detach()

    run_steps(run, step)


@case("eager/mlp_step_small", "jax")
def mlp_step_jax(run):
    jax = run.jax()
    jnp = jax.numpy
    weights, x, y = small_mlp()
    weights, x, y = [jnp.asarray(w) for w in weights], jnp.asarray(x), jnp.asarray(y)

    def loss_of(weights):
        w1, b1, w2, b2 = weights
        hidden = jnp.tanh(x @ w1 + b1)
        return jnp.mean((hidden @ w2 + b2 - y) ** 2)

    loss_and_gradients = jax.value_and_grad(loss_of)

    def step():
        nonlocal weights
        loss, gradients = loss_and_gradients(weights)
        weights = [w - 0.01 * gradient for w, gradient in zip(weights, gradients, strict=True)]
        return loss

    run_steps(run, step)


# -- the second derivative of tanh(x) * x**2 at 0.5 -----------------------------------------------


@case("eager/second_derivative", "tf")
def second_derivative_tf(run):
    tf = run.tf()
    x = tf.Variable(0.5)

    def second():
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = tf.tanh(x) * x**2
            first = inner.gradient(y, x)
        return outer.gradient(first, x)

    run.check(second())
    run.time(second)


@case("eager/second_derivative", "torch")
def second_derivative_torch(run):
    torch = run.torch()
    x = torch.tensor(0.5, requires_grad=True)

    def second():
        y = torch.tanh(x) * x**2
        (first,) = torch.autograd.grad(y, x, create_graph=True)
        return torch.autograd.grad(first, x)[0]

    run.check(second())
    run.time(second)


@case("eager/second_derivative", "jax")
def second_derivative_jax(run):
    jax = run.jax()
    x = jax.numpy.float32(0.5)
    second = jax.grad(jax.grad(lambda x: jax.numpy.tanh(x) * x**2))
    run.check(second(x))
    run.time(lambda: second(x))


# -- the 64 x 64 Jacobian of tanh(W x) ------------------------------------------------------------


def jacobian_inputs():
    random = np.random.default_rng(3)
    w, x = random.standard_normal((64, 64)) / 8, random.standard_normal(64)
    return w.astype(np.float32), x.astype(np.float32)


@case("eager/jacobian", "tf")
def jacobian_tf(run):
    tf = run.tf()
    w, x = (tf.constant(array) for array in jacobian_inputs())

    def jacobian():
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.tanh(tf.linalg.matvec(w, x))
        return tape.jacobian(y, x)

    run.check(np.abs(jacobian()).sum())
    run.time(jacobian)


@case("eager/jacobian", "torch")
def jacobian_torch(run):
    torch = run.torch()
    w, x = (torch.from_numpy(array) for array in jacobian_inputs())
    jacobian = torch.func.jacrev(lambda x: torch.tanh(w @ x))
    run.check(np.abs(jacobian(x).numpy()).sum())
    run.time(lambda: jacobian(x))


@case("eager/jacobian", "jax")
def jacobian_jax(run):
    jax = run.jax()
    w, x = (jax.numpy.asarray(array) for array in jacobian_inputs())
    jacobian = jax.jacrev(lambda x: jax.numpy.tanh(w @ x))
    run.check(np.abs(jacobian(x)).sum())
    run.time(lambda: jacobian(x))
