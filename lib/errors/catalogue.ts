/** What the bridge refuses: code → what happened, and what to do. Mirrors native/errors/codes.def. */
export const catalogue = {
  ADDON_NOT_FOUND: {
    what: 'the native part of pybridge is not there for this platform',
    advice: 'run `npm run build` in the package, or install a release that ships a prebuild for it',
  },
  PYTHON_NOT_FOUND: {
    what: 'no Python was found',
    advice:
      "install Python 3.8 or later, or name one: python.start({ python: '/path/to/python3' })",
  },
  PYTHON_INVALID: {
    what: 'that is not a Python interpreter',
    advice: 'name the python3 executable, or the folder of a virtual environment',
  },
  PYTHON_2: {
    what: 'this is Python 2',
    advice: 'pybridge needs Python 3.8 or later: install one and name it, or put it first on PATH',
  },
  PYTHON_TOO_OLD: {
    what: 'this Python is older than 3.8',
    advice: 'install Python 3.8 or later and name it, or put it first on PATH',
  },
  WRONG_VERSION: {
    what: 'Python is not of the version that is asked for',
    advice: 'install a Python of that version, name one that is, or ask for another version',
  },
  LIBRARY_NOT_FOUND: {
    what: 'the shared library of this Python was not found',
    advice:
      'install it (Debian, Ubuntu: apt install libpython3.X; Fedora: dnf install python3-libs)',
  },
  LIBRARY_STATIC: {
    what: 'this Python was built without a shared library',
    advice:
      'use another Python, or build this one with --enable-shared (pyenv: PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install VERSION)',
  },
  LIBRARY_CONFLICT: {
    what: 'another Python library is already loaded in this process',
    advice: 'load only one Python per process: remove the other addon, or choose the same Python',
  },
  LIBRARY_LOAD: {
    what: 'the Python library could not be loaded',
    advice: "read the loader's message: a library that it names is missing or does not fit",
  },
  WRONG_ARCHITECTURE: {
    what: 'this Python was built for another processor architecture',
    advice: 'install a Python for the architecture of this Node (node -p process.arch)',
  },
  WRONG_LIBC: {
    what: 'this Python was built for another C library than this Node',
    advice:
      'use the Python of the same system as Node: that of the distribution, or a Node and a Python of one image',
  },
  NO_PERMISSION: {
    what: 'a file of this Python may not be used by this user',
    advice: 'give this user the permission to read it, or choose another Python',
  },
  BAD_HOME: {
    what: 'PYTHONHOME does not hold the standard library of this Python',
    advice: 'unset PYTHONHOME, or point it at the prefix of this very Python',
  },
  UV_NOT_FOUND: {
    what: 'uv, which builds environments, was not found',
    advice:
      'install it: `pipx install uv`, `brew install uv`, `winget install astral-sh.uv`, or as its documentation says (docs.astral.sh/uv)',
  },
  ENV_FAILED: {
    what: 'the environment could not be built',
    advice: "read uv's message: a requirement, the version of Python or the network is at fault",
  },
  START_FAILED: {
    what: 'Python did not start',
    advice: 'mend what the message names, then restart the process: a second start cannot work',
  },
  ALREADY_STARTED: {
    what: 'Python has already started with other options',
    advice: 'call python.start once, before the first use, and in one place',
  },
  ENDED: {
    what: 'Python has ended in this process',
    advice: "do the work before the 'exit' event of the process",
  },
  FORKED: {
    what: 'this process was forked from one that runs pybridge',
    advice: 'use subprocess, or multiprocessing with the spawn or forkserver start method',
  },
  WRONG_THREAD: {
    what: 'a JavaScript function was called where its thread cannot run it',
    advice: 'call it from Python code that JavaScript called, or from another thread',
  },
  WOULD_BLOCK: {
    what: 'the thread of a JavaScript function is blocked and cannot run it',
    advice: 'do not wait there for the thread that calls it: use .async, or pybridge.post',
  },
  TIMEOUT: {
    what: 'a call took longer than its timeout',
    advice: 'allow it more time, or make it do less; .async keeps the event loop free meanwhile',
  },
  RELEASED: {
    what: 'this Python object was released',
    advice: 'keep an acquisition for as long as you use it',
  },
  CONVERSION: {
    what: 'this value cannot cross',
    advice: 'convert it on its own side first, or pass it by reference',
  },
  INVALID_ARGUMENT: {
    what: 'this call has an argument that pybridge cannot use',
    advice: 'see the documentation of the function that the message names',
  },
  STACK_EXHAUSTED: {
    what: 'the stack of this thread is nearly full',
    advice:
      'end the recursion between JavaScript and Python earlier, or start Node with --stack-size',
  },
} as const satisfies Record<string, { what: string; advice: string }>

/** A code that never changes: match on it, not on the message. */
export type ErrorCode = keyof typeof catalogue
