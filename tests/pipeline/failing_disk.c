/* Loaded before libc: counts every call that writes below $FAULT_ROOT and lets one of them fail.

   The counter is shared by this process and its children: fault_arm(n, errno, sticky) makes the n-th call (from 1) fail, and with
   `sticky` every later one; n = 0 only counts. fault_count() says how many there were, fault_last() what failed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct state { int count, at, error, sticky; char last[512]; };
static struct state *shared;
static const char *root;
static size_t root_length;

__attribute__((constructor)) static void begin(void) {
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    root = getenv("FAULT_ROOT");
    root_length = root ? strlen(root) : 0;
}
void fault_arm(int at, int error, int sticky) {
    shared->at = at; shared->error = error; shared->sticky = sticky; shared->count = 0; shared->last[0] = 0;
}
int fault_count(void) { return shared->count; }
const char *fault_last(void) { return shared->last; }

static int below(const char *path) { return root && path && !strncmp(path, root, root_length); }
static int below_fd(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = 0;
    return below(path);
}
static int fails(const char *call, const char *path) {
    int now = __atomic_add_fetch(&shared->count, 1, __ATOMIC_SEQ_CST);
    if (!shared->at || (shared->sticky ? now < shared->at : now != shared->at)) return 0;
    if (!shared->last[0]) snprintf(shared->last, sizeof shared->last, "%s %s", call, path ? path : "");
    errno = shared->error;
    return 1;
}
static int fails_fd(const char *call, int fd) {
    if (!root || !below_fd(fd)) return 0;
    char link[64], path[4096] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (readlink(link, path, sizeof path - 1) < 0) path[0] = 0;
    return fails(call, path);
}
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define WRITES(flags) ((flags) & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC))

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more); \
        if (WRITES(flags) && below(path) && fails("open", path)) return -1; \
        return REAL(name)(path, flags, mode); }
OPEN(open)
OPEN(open64)
#define OPENAT(name) \
    int name(int at, const char *path, int flags, ...) { \
        va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more); \
        if (WRITES(flags) && below(path) && fails("openat", path)) return -1; \
        return REAL(name)(at, path, flags, mode); }
OPENAT(openat)
OPENAT(openat64)
#define FOPEN(name) \
    FILE *name(const char *path, const char *mode) { \
        if (strpbrk(mode, "wa+") && below(path) && fails("fopen", path)) return NULL; \
        return REAL(name)(path, mode); }
FOPEN(fopen)
FOPEN(fopen64)
ssize_t write(int fd, const void *data, size_t size) { return fails_fd("write", fd) ? -1 : REAL(write)(fd, data, size); }
ssize_t writev(int fd, const struct iovec *data, int count) { return fails_fd("writev", fd) ? -1 : REAL(writev)(fd, data, count); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return fails_fd("pwrite", fd) ? -1 : REAL(pwrite)(fd, data, size, at); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) { return fails_fd("pwrite", fd) ? -1 : REAL(pwrite64)(fd, data, size, at); }
ssize_t sendfile(int to, int from, off_t *at, size_t size) { return fails_fd("sendfile", to) ? -1 : ((ssize_t (*)(int, int, off_t *, size_t))dlsym(RTLD_NEXT, "sendfile"))(to, from, at, size); }
ssize_t sendfile64(int to, int from, off64_t *at, size_t size) { return fails_fd("sendfile", to) ? -1 : ((ssize_t (*)(int, int, off64_t *, size_t))dlsym(RTLD_NEXT, "sendfile64"))(to, from, at, size); }
int ftruncate(int fd, off_t size) { return fails_fd("ftruncate", fd) ? -1 : REAL(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { return fails_fd("ftruncate", fd) ? -1 : REAL(ftruncate64)(fd, size); }
int fsync(int fd) { return fails_fd("fsync", fd) ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return fails_fd("fdatasync", fd) ? -1 : REAL(fdatasync)(fd); }
int rename(const char *from, const char *to) { return below(to) && fails("rename", to) ? -1 : REAL(rename)(from, to); }
int renameat(int a, const char *from, int b, const char *to) { return below(to) && fails("rename", to) ? -1 : REAL(renameat)(a, from, b, to); }
int link(const char *from, const char *to) { return below(to) && fails("link", to) ? -1 : REAL(link)(from, to); }
int linkat(int a, const char *from, int b, const char *to, int flags) { return below(to) && fails("link", to) ? -1 : REAL(linkat)(a, from, b, to, flags); }
int mkdir(const char *path, mode_t mode) { return below(path) && fails("mkdir", path) ? -1 : REAL(mkdir)(path, mode); }
int mkdirat(int at, const char *path, mode_t mode) { return below(path) && fails("mkdir", path) ? -1 : REAL(mkdirat)(at, path, mode); }
