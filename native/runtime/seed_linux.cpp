#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "cpython/attach.h"
#include "runtime/seed.h"

#ifdef RTLD_DEEPBIND

namespace pybridge {
namespace {

#if defined(__x86_64__)
constexpr unsigned copy_relocation = R_X86_64_COPY;
#elif defined(__aarch64__)
constexpr unsigned copy_relocation = R_AARCH64_COPY;
#else
constexpr unsigned copy_relocation = ~0u;
#endif

struct Copy {
  void* live;      // in the executable: what everybody else uses
  void* original;  // in the library: what a DEEPBIND library uses
  size_t size;
};

// What libc changes later: `environ`, `timezone` and `tzname`, word by word. C++ streams are seeded
// once.
struct Word {
  uintptr_t* live;
  uintptr_t* original;
  bool operator==(const Word&) const = default;
};

constexpr size_t max_followed = 8;
std::array<Word, max_followed> followed;
size_t followed_count = 0;

void follow_words() {
  for (size_t i = 0; i < followed_count; i++) {
    const auto now = std::atomic_ref(*followed[i].live).load(std::memory_order_relaxed);
    std::atomic_ref original(*followed[i].original);
    if (original.load(std::memory_order_relaxed) != now)
      original.store(now, std::memory_order_relaxed);
  }
}

bool changes_later(const char* name) {
  for (const char* part : {"environ", "timezone", "tzname"}) {
    if (std::strstr(name, part) != nullptr) return true;
  }
  return false;
}

void follow_words_of(const Copy& copy) {
  const size_t words = copy.size / sizeof(uintptr_t);
  for (size_t i = 0; i < words && followed_count < max_followed; i++) {
    const Word word{static_cast<uintptr_t*>(copy.live) + i,
                    static_cast<uintptr_t*>(copy.original) + i};
    const auto known = followed.begin() + static_cast<std::ptrdiff_t>(followed_count);
    if (std::find(followed.begin(), known, word) == known) followed[followed_count++] = word;
  }
}

struct Executable {
  ElfW(Addr) base = 0;
  const ElfW(Rela) * relocations = nullptr;
  size_t relocation_count = 0;
  const ElfW(Sym) * symbols = nullptr;
  const char* names = nullptr;
};

// The dynamic section of the executable, which is always the first object.
Executable read_executable() {
  Executable found;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* data) {
        auto& executable = *static_cast<Executable*>(data);
        executable.base = info->dlpi_addr;
        for (int i = 0; i < info->dlpi_phnum; i++) {
          if (info->dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
          auto* entry =
              reinterpret_cast<const ElfW(Dyn)*>(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
          for (; entry->d_tag != DT_NULL; entry++) {
            const auto value = entry->d_un.d_ptr;
            if (entry->d_tag == DT_RELA)
              executable.relocations = reinterpret_cast<const ElfW(Rela)*>(value);
            else if (entry->d_tag == DT_RELASZ)
              executable.relocation_count = entry->d_un.d_val / sizeof(ElfW(Rela));
            else if (entry->d_tag == DT_SYMTAB)
              executable.symbols = reinterpret_cast<const ElfW(Sym)*>(value);
            else if (entry->d_tag == DT_STRTAB)
              executable.names = reinterpret_cast<const char*>(value);
          }
        }
        return 1;
      },
      &found);
  return found;
}

// The address that the defining library itself exports, found by asking each library in turn.
void* original_of(const char* name, const void* live) {
  auto* map = static_cast<link_map*>(nullptr);
  void* self = dlopen(nullptr, RTLD_NOW);
  if (self == nullptr || dlinfo(self, RTLD_DI_LINKMAP, &map) != 0) return nullptr;
  for (; map != nullptr; map = map->l_next) {
    if (map->l_name == nullptr || map->l_name[0] == '\0') continue;
    void* library = dlopen(map->l_name, RTLD_NOW | RTLD_NOLOAD);
    if (library == nullptr) continue;
    void* address = dlsym(library, name);
    dlclose(library);
    if (address != nullptr && address != live) return address;
  }
  return nullptr;
}

struct Region {
  const char* address;
  bool writable;
};

bool is_writable(const void* address) {
  Region region{static_cast<const char*>(address), false};
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* data) {
        auto& wanted = *static_cast<Region*>(data);
        bool inside = false, relro = false;
        for (int i = 0; i < info->dlpi_phnum; i++) {
          const auto& header = info->dlpi_phdr[i];
          const char* start = reinterpret_cast<const char*>(info->dlpi_addr + header.p_vaddr);
          if (wanted.address < start || wanted.address >= start + header.p_memsz) continue;
          if (header.p_type == PT_LOAD && (header.p_flags & PF_W) != 0) inside = true;
          if (header.p_type == PT_GNU_RELRO) relro = true;
        }
        wanted.writable = inside && !relro;
        return inside ? 1 : 0;
      },
      &region);
  return region.writable;
}

bool must_be_seen_by_all(const char* library) {
  for (const char* part :
       {"libasan", "libtsan", "libubsan", "liblsan", "libclang_rt", "libjemalloc", "libtcmalloc",
        "libmimalloc", "libhoard", "libdmalloc", "libefence"}) {
    if (std::strstr(library, part) != nullptr) return true;
  }
  return false;
}

// Does this library define malloc itself? Its own scope is searched first, so the answer lies in
// it.
bool defines_malloc(const link_map& library) {
  void* handle = dlopen(library.l_name, RTLD_NOW | RTLD_NOLOAD);
  if (handle == nullptr) return false;
  void* address = dlsym(handle, "malloc");
  dlclose(handle);
  Dl_info owner{};
  return address != nullptr && dladdr(address, &owner) != 0 &&
         std::strcmp(owner.dli_fname, library.l_name) == 0;
}

// A non-PIE executable has an address for every function whose address it takes: undefined in its
// symbol table, and no definition.
bool executable_defines_malloc() {
  void* address = dlsym(RTLD_DEFAULT, "malloc");
  Dl_info owner{};
  void* symbol = nullptr;
  if (address == nullptr || dladdr1(address, &owner, &symbol, RTLD_DL_SYMENT) == 0) return false;
  const auto* base = reinterpret_cast<const void*>(read_executable().base);
  return symbol != nullptr && owner.dli_fbase == base &&
         static_cast<const ElfW(Sym)*>(symbol)->st_shndx != SHN_UNDEF;
}

bool has_foreign_allocator() {
  if (executable_defines_malloc()) return true;
  auto* map = static_cast<link_map*>(nullptr);
  void* self = dlopen(nullptr, RTLD_NOW);
  if (self == nullptr || dlinfo(self, RTLD_DI_LINKMAP, &map) != 0) return true;
  for (; map != nullptr; map = map->l_next) {
    if (map->l_name == nullptr || map->l_name[0] == '\0') continue;
    if (must_be_seen_by_all(map->l_name)) return true;
    const bool is_libc = std::strstr(map->l_name, "/libc.so") != nullptr ||
                         std::strstr(map->l_name, "/libc-") != nullptr ||
                         std::strstr(map->l_name, "/ld-linux") != nullptr;
    if (!is_libc && defines_malloc(*map)) return true;
  }
  return false;
}

}  // namespace

int library_flags() {
  const char* option = std::getenv("PYBRIDGE_DEEPBIND");
  if (option != nullptr && std::string(option) == "off") return 0;
  if (has_foreign_allocator()) return 0;
  return RTLD_NOW | RTLD_DEEPBIND;
}

void seed_copies() {
  if (library_flags() == 0) return;
  const Executable executable = read_executable();
  if (executable.relocations == nullptr || executable.symbols == nullptr) return;
  for (size_t i = 0; i < executable.relocation_count; i++) {
    const auto& relocation = executable.relocations[i];
    if (ELF64_R_TYPE(relocation.r_info) != copy_relocation) continue;
    const auto& symbol = executable.symbols[ELF64_R_SYM(relocation.r_info)];
    const char* name = executable.names + symbol.st_name;
    void* live = reinterpret_cast<void*>(executable.base + relocation.r_offset);
    if (!is_writable(live)) continue;
    void* original = original_of(name, live);
    if (original == nullptr || !is_writable(original)) continue;
    std::memcpy(original, live, symbol.st_size);
    if (changes_later(name)) follow_words_of({live, original, symbol.st_size});
  }
  if (followed_count > 0) follow_environment = follow_words;
}

void follow_copies() { follow_words(); }

}  // namespace pybridge

#else  // musl, which binds every library to what the executable has

namespace pybridge {

int library_flags() { return 0; }

void seed_copies() {}

void follow_copies() {}

}  // namespace pybridge

#endif
