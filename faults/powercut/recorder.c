/* Preloaded into a process, this library logs each change of a file below RECORDED_FOLDER to the file RECORDER_LOG.
 *
 * A record is a header and its bytes (see log.py). The operation and its record are made under one lock that all
 * recorded processes share, so that the log is the order in which the changes took place. Syncs are logged when they
 * begin, and wait SYNC_MICROSECONDS in place of a disk. Files that end in -shm live in shared memory and are left out.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { LARGEST_FD = 65536, SYNC_MICROSECONDS = 300 };
enum { OP_OPEN = 1, OP_WRITE, OP_TRUNCATE, OP_SYNC, OP_RENAME, OP_UNLINK, OP_SYNC_FOLDER, OP_UNKNOWN };

struct __attribute__((packed)) header {
    uint8_t operation;
    uint64_t inode;
    int64_t offset;
    uint32_t path_length;
    uint32_t data_length;
};

static const char *folder;
static size_t folder_length;
static int log_fd = -1;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
/* The inode of each open descriptor of a recorded file; 0 for others. The highest bit marks a folder. */
static uint64_t inodes[LARGEST_FD];
#define FOLDER_BIT (1ULL << 63)

#define REAL(name) ((__typeof__(name) *)real_function(#name))

static void *real_function(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL) abort();
    return found;
}

static void before_fork(void) { pthread_mutex_lock(&mutex); }
static void after_fork(void) { pthread_mutex_unlock(&mutex); }

__attribute__((constructor)) static void start(void) {
    const char *log = getenv("RECORDER_LOG");
    const char *name = getenv("RECORDED_FOLDER");
    if (log == NULL || name == NULL) return;
    log_fd = REAL(open)(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (log_fd < 0) abort();
    /* Out of the way of programs that expect the lowest numbers. */
    int high = fcntl(log_fd, F_DUPFD_CLOEXEC, 512);
    if (high >= 0) {
        REAL(close)(log_fd);
        log_fd = high;
    }
    folder = strdup(name);
    folder_length = strlen(folder);
    pthread_atfork(before_fork, after_fork, after_fork);
}

static void lock(void) {
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    pthread_mutex_lock(&mutex);
    while (fcntl(log_fd, F_SETLKW, &whole) < 0)
        if (errno != EINTR) abort();
}

static void unlock(void) {
    int kept = errno;
    struct flock whole = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
    fcntl(log_fd, F_SETLK, &whole);
    pthread_mutex_unlock(&mutex);
    errno = kept;
}

static void record(int operation, uint64_t inode, int64_t offset, const char *path, const void *data, size_t length) {
    int kept = errno;
    struct header header = {operation, inode, offset, path == NULL ? 0 : strlen(path), length};
    struct iovec parts[] = {
        {&header, sizeof header}, {(void *)path, header.path_length}, {(void *)data, length},
    };
    ssize_t whole = sizeof header + header.path_length + length;
    if (writev(log_fd, parts, 3) != whole) abort();
    errno = kept;
}

/* The absolute path where it lies below the folder and is recorded; else NULL. */
static const char *recorded(int at, const char *path, char *buffer) {
    if (log_fd < 0 || path == NULL) return NULL;
    if (path[0] != '/') {
        if (at != AT_FDCWD || getcwd(buffer, PATH_MAX) == NULL) return NULL;
        size_t length = strlen(buffer);
        if (length + 1 + strlen(path) >= PATH_MAX) return NULL;
        buffer[length] = '/';
        strcpy(buffer + length + 1, path);
        path = buffer;
    }
    if (strncmp(path, folder, folder_length) != 0) return NULL;
    if (path[folder_length] != '/' && path[folder_length] != 0) return NULL;
    size_t length = strlen(path);
    if (length > 4 && strcmp(path + length - 4, "-shm") == 0) return NULL;
    return path;
}

static uint64_t inode_of(int fd) { return fd >= 0 && fd < LARGEST_FD ? inodes[fd] : 0; }

static void opened(int fd, const char *path, int flags) {
    struct stat status;
    if (fd < 0 || fd >= LARGEST_FD || fstat(fd, &status) < 0) return;
    if (S_ISDIR(status.st_mode)) {
        inodes[fd] = status.st_ino | FOLDER_BIT;
        return;
    }
    inodes[fd] = status.st_ino;
    record(OP_OPEN, status.st_ino, 0, path, NULL, 0);
    if (flags & O_TRUNC) record(OP_TRUNCATE, status.st_ino, 0, NULL, NULL, 0);
}

static int open_any(int at, const char *path, int flags, mode_t mode) {
    char buffer[PATH_MAX];
    const char *name = recorded(at, path, buffer);
    if (name == NULL) {
        int fd = REAL(openat)(at, path, flags, mode);
        if (log_fd >= 0 && fd >= 0 && fd < LARGEST_FD) inodes[fd] = 0;
        return fd;
    }
    lock();
    int fd = REAL(openat)(at, path, flags, mode);
    opened(fd, name, flags);
    unlock();
    return fd;
}

#define MODE(flags, last, mode)                                     \
    do {                                                            \
        if ((flags) & (O_CREAT | O_TMPFILE)) {                      \
            va_list rest;                                           \
            va_start(rest, last);                                   \
            mode = va_arg(rest, mode_t);                            \
            va_end(rest);                                           \
        }                                                           \
    } while (0)

int open(const char *path, int flags, ...) {
    mode_t mode = 0;
    MODE(flags, flags, mode);
    return open_any(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    mode_t mode = 0;
    MODE(flags, flags, mode);
    return open_any(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

int openat(int at, const char *path, int flags, ...) {
    mode_t mode = 0;
    MODE(flags, flags, mode);
    return open_any(at, path, flags, mode);
}

int openat64(int at, const char *path, int flags, ...) {
    mode_t mode = 0;
    MODE(flags, flags, mode);
    return open_any(at, path, flags | O_LARGEFILE, mode);
}

int close(int fd) {
    if (inode_of(fd)) inodes[fd] = 0;
    return REAL(close)(fd);
}

ssize_t write(int fd, const void *data, size_t length) {
    uint64_t inode = inode_of(fd);
    if (!inode) return REAL(write)(fd, data, length);
    lock();
    ssize_t written = REAL(write)(fd, data, length);
    if (written > 0) record(OP_WRITE, inode, lseek(fd, 0, SEEK_CUR) - written, NULL, data, written);
    unlock();
    return written;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    uint64_t inode = inode_of(fd);
    if (!inode) return REAL(pwrite64)(fd, data, length, offset);
    lock();
    ssize_t written = REAL(pwrite64)(fd, data, length, offset);
    if (written > 0) record(OP_WRITE, inode, offset, NULL, data, written);
    unlock();
    return written;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return pwrite64(fd, data, length, offset); }

/* What follows is called by none of the recorded programs today: a record of it makes the replay refuse the log. */
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
    if (inode_of(fd)) record(OP_UNKNOWN, 0, 0, "pwritev", NULL, 0);
    return REAL(pwritev)(fd, parts, count, offset);
}

ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t length, unsigned int flags) {
    if (inode_of(out)) record(OP_UNKNOWN, 0, 0, "copy_file_range", NULL, 0);
    return REAL(copy_file_range)(in, from, out, to, length, flags);
}

int fallocate64(int fd, int mode, off64_t offset, off64_t length) {
    if (inode_of(fd)) record(OP_UNKNOWN, 0, 0, "fallocate", NULL, 0);
    return REAL(fallocate64)(fd, mode, offset, length);
}

int ftruncate64(int fd, off64_t length) {
    uint64_t inode = inode_of(fd);
    if (!inode) return REAL(ftruncate64)(fd, length);
    lock();
    int failed = REAL(ftruncate64)(fd, length);
    if (!failed) record(OP_TRUNCATE, inode, length, NULL, NULL, 0);
    unlock();
    return failed;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

static int sync_any(int fd) {
    uint64_t inode = inode_of(fd);
    lock();
    record(inode & FOLDER_BIT ? OP_SYNC_FOLDER : OP_SYNC, inode & ~FOLDER_BIT, 0, NULL, NULL, 0);
    unlock();
    usleep(SYNC_MICROSECONDS);
    return 0;
}

int fsync(int fd) { return inode_of(fd) ? sync_any(fd) : REAL(fsync)(fd); }
int fdatasync(int fd) { return inode_of(fd) ? sync_any(fd) : REAL(fdatasync)(fd); }

static int rename_any(int from_at, const char *from, int to_at, const char *to) {
    char first[PATH_MAX], second[PATH_MAX];
    const char *source = recorded(from_at, from, first), *target = recorded(to_at, to, second);
    if (source == NULL || target == NULL) return REAL(renameat)(from_at, from, to_at, to);
    lock();
    int failed = REAL(renameat)(from_at, from, to_at, to);
    if (!failed) record(OP_RENAME, 0, 0, source, target, strlen(target));
    unlock();
    return failed;
}

int rename(const char *from, const char *to) { return rename_any(AT_FDCWD, from, AT_FDCWD, to); }
int renameat(int from_at, const char *from, int to_at, const char *to) { return rename_any(from_at, from, to_at, to); }

static int unlink_any(int at, const char *path, int flags) {
    char buffer[PATH_MAX];
    const char *name = recorded(at, path, buffer);
    if (name == NULL || flags) return REAL(unlinkat)(at, path, flags);
    lock();
    int failed = REAL(unlinkat)(at, path, flags);
    if (!failed) record(OP_UNLINK, 0, 0, name, NULL, 0);
    unlock();
    return failed;
}

int unlink(const char *path) { return unlink_any(AT_FDCWD, path, 0); }
int unlinkat(int at, const char *path, int flags) { return unlink_any(at, path, flags); }
