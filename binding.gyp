# The shipped build. CMakeLists.txt reads the same list of sources and is for developers.
{
  'targets': [
    {
      'target_name': 'pybridge',
      'sources': ['<!@(node scripts/sources.mjs <(OS))'],
      'include_dirs': ['native'],
      'defines': ['NAPI_VERSION=9'],
      'cflags': ['-Wall', '-Wextra', '-fvisibility=hidden', '-fno-plt'],
      'cflags_cc': ['-std=c++20', '-fexceptions', '-frtti', '-fvisibility-inlines-hidden'],
      'cflags!': ['-fno-exceptions'],
      'cflags_cc!': ['-fno-exceptions', '-fno-rtti', '-std=gnu++17', '-std=gnu++1y'],
      'conditions': [
        ['OS=="linux"', {
          # A worker's end may unload the addon; our threads and Python's types outlive the worker.
          'ldflags': ['-Wl,-z,nodelete'],
          'libraries': ['-ldl', '-lpthread'],
        }],
        ['OS=="mac"', {
          'xcode_settings': {
            'CLANG_CXX_LANGUAGE_STANDARD': 'c++20',
            'CLANG_CXX_LIBRARY': 'libc++',
            'GCC_ENABLE_CPP_EXCEPTIONS': 'YES',
            'GCC_ENABLE_CPP_RTTI': 'YES',
            'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
            'MACOSX_DEPLOYMENT_TARGET': '11.0',
            'WARNING_CFLAGS': ['-Wall', '-Wextra'],
          },
        }],
        ['OS=="win"', {
          'defines': ['_HAS_EXCEPTIONS=1', 'NOMINMAX', 'WIN32_LEAN_AND_MEAN'],
          'msvs_settings': {
            'VCCLCompilerTool': {
              'AdditionalOptions': ['/std:c++20', '/utf-8', '/Zc:__cplusplus'],
              'ExceptionHandling': 1,
              'RuntimeTypeInfo': 'true',
              'WarningLevel': 4,
            },
          },
        }],
      ],
    },
  ],
}
