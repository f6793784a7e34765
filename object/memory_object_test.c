/*
 * memory_object_test.c - the kernel objects of VMOs: parents and children.
 */
#include "object/object_test.h"

#include "object/vmo_object.h"

static struct vmo_object *parent;

static int setup_vmo(void **state)
{
    struct vmo *vmo;

    setup(state);
    assert_int_equal(vmo_create(2 * PAGE_SIZE, 0, &vmo), OK);
    assert_int_equal(vmo_object_create(vmo, &parent), OK);
    vmo_put(vmo);
    return 0;
}

static int teardown_vmo(void **state)
{
    object_put(parent ? &parent->object : NULL);
    assert_int_equal(vmo_count(), 0);
    return teardown(state);
}

static struct vmo_object *make_child(void)
{
    struct vmo_object *child;

    assert_int_equal(vmo_object_create_child(parent, 0, PAGE_SIZE, 0, &child), OK);
    return child;
}

static void test_zero_children(void **state)
{
    struct vmo_object *a, *b;
    struct test_wait w;

    (void)state;
    assert_int_equal(object_signals(&parent->object), ZX_VMO_ZERO_CHILDREN);
    a = make_child();
    b = make_child();
    assert_int_equal(object_signals(&parent->object), 0);
    assert_int_equal(atomic_load(&parent->vmo->label->children), 2);
    assert_int_equal(a->vmo->label->parent_koid, parent->object.koid);
    test_wait_start(&w, &parent->object, ZX_VMO_ZERO_CHILDREN, TIME_INFINITE);
    object_put(&a->object);
    settle();
    assert_false(task_done(&w.task));
    object_put(&b->object);
    settle();
    assert_int_equal(w.task.status, OK);
}

static void test_a_child_outlives_its_parent(void **state)
{
    struct vmo_object *child;
    unsigned char byte = 1;

    (void)state;
    assert_int_equal(vmo_write(parent->vmo, 0, "x", 1, NULL), OK);
    child = make_child();
    object_put(&parent->object);
    parent = NULL;
    assert_null(child->parent);
    assert_int_equal(vmo_read(child->vmo, 0, &byte, 1, NULL), OK);
    assert_int_equal(byte, 'x');
    object_put(&child->object);
}

static void test_child_without_memory(void **state)
{
    struct vmo_object *child;
    status_t st;

    (void)state;
    assert_int_equal(vmo_write(parent->vmo, 0, "x", 1, NULL), OK);
    FAIL_EACH(st, st = vmo_object_create_child(parent, 0, PAGE_SIZE, 0, &child));
    object_put(&child->object);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup_vmo, teardown_vmo)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_zero_children),
        TEST(test_a_child_outlives_its_parent),
        TEST(test_child_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
