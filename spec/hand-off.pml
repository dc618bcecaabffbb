/* The hand-off as it is built (docs/reliability.md), with what withdrawal.pml leaves out: the place under a frequency
 * cap that a permit reserves, and the stop flag of a campaign. One person, two approved messages of one campaign, a
 * cap of one message, two workers, an at-least-once queue, kill -9 of workers, arbitrary pauses (interleaving = pause).
 *
 * Without a definition: the protocol. It must pass. Each definition is a design that is tempting and wrong; it must
 * fail on the assertion that it breaks:
 *   CAP_READ_BEFORE       the cap is read in a transaction before the permit's, under no lock           (CAP)
 *   CAP_BY_OUTCOME        a hand-off counts once its outcome is known, not from its permit on           (CAP)
 *   CAP_FREED_BY_UNKNOWN  an outcome that nobody knows gives the place back, as a definite failure does (CAP)
 *   STOP_READ_BEFORE      the stop flag is read before the permit is committed                          (STOP)
 *   STOP_NOT_AWAITED      who stops a campaign does not wait for the hand-offs that are open            (STOP)
 *   WITHDRAWAL_NOT_AWAITED  nor does who withdraws                                                      (P1)
 *   CALL_BEFORE_COMMIT    the provider is called before the intent is committed                         (P1, P2)
 *   CLOSED_BY_TIMEOUT     the reaper closes intents of a worker that is merely silent                   (P1, STOP)
 */
#ifndef MAXK
#define MAXK 1
#endif

mtype = { QUEUED, PERMIT, SENT, REJECTED, SUPPRESSED, UNKNOWN };

/* durable (PostgreSQL) */
mtype st[2] = QUEUED;
byte own[2];              /* incarnation that holds the permit, 0 = none */
bool withdrawn = false;
bool stopped = false;
/* the provider's own record */
byte handed[2];
/* observer */
bool withdrawalAnswered = false;
bool stopAnswered = false;
/* processes */
byte inc[2];              /* live incarnation of a worker, 0 = dead */
byte nextinc = 1;
byte kills = 0;

#define GONE(m) (own[m] != 0 && inc[0] != own[m] && inc[1] != own[m])
#define CRASH   if :: kills < MAXK -> atomic { kills++; goto dead } :: skip fi
#define FINAL(m) (st[m] != QUEUED && st[m] != PERMIT)

#if defined(CAP_BY_OUTCOME)
#define TAKES(m) (st[m] == SENT || st[m] == UNKNOWN)
#elif defined(CAP_FREED_BY_UNKNOWN)
#define TAKES(m) (st[m] == PERMIT || st[m] == SENT)
#else
#define TAKES(m) (st[m] == PERMIT || st[m] == SENT || st[m] == UNKNOWN)
#endif
#define FREE (!TAKES(0) && !TAKES(1))

proctype Worker(byte id) {
  byte m; byte me; bool may; bool free; bool stop; bool accepted;
start:
  atomic { me = nextinc; nextinc++; inc[id] = me; may = false; free = false; stop = false; accepted = false }
  do
  :: atomic { /* the queue may deliver any unfinished message, also twice */
       if :: st[0] == QUEUED -> m = 0 :: st[1] == QUEUED -> m = 1 fi;
       may = false; free = true; stop = false; accepted = false }
     CRASH;
#ifdef CAP_READ_BEFORE
     free = FREE;
#endif
#ifdef STOP_READ_BEFORE
     stop = stopped;
#endif
#ifdef CALL_BEFORE_COMMIT
     may = !withdrawn && FREE && st[m] == QUEUED;
#else
     /* one transaction: lock, decide again, reserve the place, insert the intent */
     atomic {
#ifndef CAP_READ_BEFORE
       free = FREE;
#endif
       if
       :: st[m] == QUEUED && !withdrawn && free && !stop -> st[m] = PERMIT; own[m] = me; may = true
       :: st[m] == QUEUED && (withdrawn || !free || stop) -> st[m] = SUPPRESSED
       :: else -> skip
       fi }
#endif
     CRASH;
     if
     :: may ->
#ifndef STOP_READ_BEFORE
        stop = stopped;
#endif
        if
        :: !stop ->
           atomic { if
             :: /* the provider takes it */
                assert(!withdrawalAnswered);                /* P1 */
                assert(!stopAnswered);                      /* STOP */
                assert(st[m] == PERMIT || st[m] == UNKNOWN);/* P2 */
                handed[m]++;
                assert(handed[0] + handed[1] <= 1);         /* CAP, and at most one effect a message */
                accepted = true
             :: accepted = false                            /* it refuses for certain */
             fi }
        :: else -> skip
        fi;
        CRASH;
        atomic { if
          :: st[m] == PERMIT && own[m] == me && stop -> st[m] = SUPPRESSED; own[m] = 0
          :: st[m] == PERMIT && own[m] == me && !stop && accepted -> st[m] = SENT; own[m] = 0
          :: st[m] == PERMIT && own[m] == me && !stop && !accepted -> st[m] = REJECTED; own[m] = 0
          :: else -> skip
          fi }
     :: else -> skip
     fi
  :: FINAL(0) && FINAL(1) -> break
  od;
  goto fin;
dead:
  inc[id] = 0;
  goto start;   /* a supervisor starts a fresh incarnation */
fin: skip
}

proctype Reaper() {
  do
#ifdef CLOSED_BY_TIMEOUT
  :: atomic { st[0] == PERMIT -> st[0] = UNKNOWN; own[0] = 0 }
  :: atomic { st[1] == PERMIT -> st[1] = UNKNOWN; own[1] = 0 }
#else
  :: atomic { st[0] == PERMIT && GONE(0) -> st[0] = UNKNOWN; own[0] = 0 }
  :: atomic { st[1] == PERMIT && GONE(1) -> st[1] = UNKNOWN; own[1] = 0 }
#endif
  :: FINAL(0) && FINAL(1) -> break
  od
}

proctype Withdraw() {
  withdrawn = true;
#ifndef WITHDRAWAL_NOT_AWAITED
  st[0] != PERMIT;
  st[1] != PERMIT;
#endif
  withdrawalAnswered = true
}

proctype Stop() {
  stopped = true;
#ifndef STOP_NOT_AWAITED
  st[0] != PERMIT;
  st[1] != PERMIT;
#endif
  stopAnswered = true
}

init { atomic { run Worker(0); run Worker(1); run Reaper(); run Withdraw(); run Stop() } }

/* both are answered, and every message comes to an end */
ltl live { <>(withdrawalAnswered && stopAnswered) && <>(FINAL(0) && FINAL(1)) }
