/* A wall clock that is wrong by as many seconds as a file says, for the one process that preloads this.

   libfaketime does the same and more, but its absolute sleeps fail under Python 3.11 (0.9.10 answers EINVAL to
   clock_nanosleep), which ends the driver's threads. Only CLOCK_REALTIME is touched: a clock that is set, by
   hand or by NTP, leaves the monotonic one alone.

   Build: cc -shared -fPIC -O2 -o clock.so clock.c      Use: LD_PRELOAD=clock.so CLOCK_OFFSET=FILE program
*/
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long offset(void)
{
    static __thread int asked;
    static __thread long known;
    char text[32] = "";
    const char *path;
    int file;

    if (asked++ % 16) /* a file is slow to ask at each look at the clock */
        return known;
    path = getenv("CLOCK_OFFSET");
    if (path && (file = open(path, O_RDONLY | O_CLOEXEC)) >= 0) {
        if (read(file, text, sizeof text - 1) > 0)
            known = atol(text);
        close(file);
    }
    return known;
}

int clock_gettime(clockid_t which, struct timespec *at)
{
    int failed = syscall(SYS_clock_gettime, which, at);

    if (!failed && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE))
        at->tv_sec += offset();
    return failed;
}

int gettimeofday(struct timeval *at, void *zone)
{
    int failed = syscall(SYS_gettimeofday, at, zone);

    if (!failed)
        at->tv_sec += offset();
    return failed;
}

time_t time(time_t *at)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (at)
        *at = now.tv_sec;
    return now.tv_sec;
}
