#pragma once
// What other threads bring to the event loop, in the cheapest way known: a list that any thread
// pushes to without a lock and that the loop takes as a whole. A wake-up is sent only for an empty
// list, and never while the loop polls.

#include <node_api.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <uv.h>

typedef struct Item {
  struct Item* next;
} Item;

typedef _Atomic(Item*) List;

// Whether the list was empty.
static inline bool push(List* list, Item* item) {
  Item* head = atomic_load_explicit(list, memory_order_relaxed);
  do {
    item->next = head;
  } while (!atomic_compare_exchange_weak(list, &head, item));
  return head == NULL;
}

// In the order in which they came.
static inline Item* take_all(List* list) {
  if (atomic_load_explicit(list, memory_order_relaxed) == NULL) return NULL;
  Item *item = atomic_exchange(list, NULL), *first = NULL;
  while (item != NULL) {
    Item* next = item->next;
    item->next = first;
    first = item;
    item = next;
  }
  return first;
}

static struct {
  napi_env env;
  napi_async_context context;
  napi_ref resource;
  uv_async_t wake;
  uv_idle_t again;
  List brought;
  atomic_bool polling;
  uint64_t poll_until;
  uint64_t spin_for;  // ns; 0: nobody spins
  void (*receive)(napi_env, Item*);
} loop;

static void receive_all(void);

static void poll(uv_idle_t* again) {
  if (atomic_load_explicit(&loop.brought, memory_order_relaxed) != NULL) return receive_all();
  if (uv_hrtime() < loop.poll_until) return;
  uv_idle_stop(again);
  atomic_store(&loop.polling, false);
  receive_all();  // whatever came before its thread knew that the loop sleeps
}

static void look_again(void) {
  if (loop.spin_for == 0) return;
  loop.poll_until = uv_hrtime() + loop.spin_for;
  if (!atomic_exchange(&loop.polling, true)) uv_idle_start(&loop.again, poll);
}

static napi_callback_scope open_scopes(napi_handle_scope* handles) {
  napi_value resource;
  napi_callback_scope scope;
  napi_open_handle_scope(loop.env, handles);
  napi_get_reference_value(loop.env, loop.resource, &resource);
  napi_open_callback_scope(loop.env, resource, loop.context, &scope);
  return scope;
}

static void close_scopes(napi_handle_scope handles, napi_callback_scope scope) {
  napi_close_callback_scope(loop.env, scope);
  napi_close_handle_scope(loop.env, handles);
}

static void receive_all(void) {
  Item* item = take_all(&loop.brought);
  if (item == NULL) return;
  napi_handle_scope handles;
  napi_callback_scope scope = open_scopes(&handles);
  while (item != NULL) {
    Item* next = item->next;  // an item is gone once it is received
    loop.receive(loop.env, item);
    item = next;
  }
  close_scopes(handles, scope);
  look_again();
}

static void on_wake(uv_async_t* wake) { receive_all(); }

// Any thread.
static inline void bring(Item* item) {
  if (push(&loop.brought, item) && !atomic_load(&loop.polling)) uv_async_send(&loop.wake);
}

static void open_loop(napi_env env, void (*receive)(napi_env, Item*)) {
  uv_loop_t* its;
  napi_value name, resource;
  loop.env = env;
  loop.receive = receive;
  napi_create_string_latin1(env, "floor", NAPI_AUTO_LENGTH, &name);
  napi_create_object(env, &resource);
  napi_create_reference(env, resource, 1, &loop.resource);
  napi_async_init(env, resource, name, &loop.context);
  napi_get_uv_event_loop(env, &its);
  uv_async_init(its, &loop.wake, on_wake);
  uv_idle_init(its, &loop.again);
}
