"""Operations which can keep the info of a tensor, and others which never do."""

#: Take the module of a flavour, a tensor with keys ``k`` and ``l``, some keys, and more arguments
KEEPING = {
    "detach": lambda m, t, keys, **more: m.detach(t, **more),
    "requires_grad": lambda m, t, keys, **more: m.requires_grad(t, False, **more),
    "make_contiguous": lambda m, t, keys, **more: m.make_contiguous(t, **more),
    "remove_gradients": lambda m, t, keys, **more: m.remove_gradients(t, **more),
    "remove_one_gradient": lambda m, t, keys, **more: m.remove_gradients(t, ["g"], **more),
    "slice_samples": lambda m, t, keys, **more: m.slice(t, "samples", t.block(0).samples, **more),
    "slice_properties": lambda m, t, keys, **more: m.slice(
        t, "properties", t.block(0).properties, **more
    ),
    "split": lambda m, t, keys, **more: m.split(
        t, "samples", [t.block(0).samples, t.block(1).samples], **more
    )[1],
    "split_positions": lambda m, t, keys, **more: m.split(t, "samples", [[0]], **more)[0],
    "sort": lambda m, t, keys, **more: m.sort(t, **more),
    "sort_keys": lambda m, t, keys, **more: m.sort(t, "keys", descending=True, **more),
    "drop_blocks": lambda m, t, keys, **more: m.drop_blocks(t, keys, **more),
    "drop_blocks_copy": lambda m, t, keys, **more: m.drop_blocks(t, keys, True, **more),
    "filter_blocks": lambda m, t, keys, **more: m.filter_blocks(t, keys, **more),
    "drop_empty_blocks": lambda m, t, keys, **more: m.drop_empty_blocks(t, **more),
    "append_dimension": lambda m, t, keys, **more: m.append_dimension(t, "keys", "z", 3, **more),
    "insert_dimension": lambda m, t, keys, **more: m.insert_dimension(
        t, "samples", 0, "z", 3, **more
    ),
    "permute_dimensions": lambda m, t, keys, **more: m.permute_dimensions(
        t, "keys", [1, 0], **more
    ),
    "remove_dimension": lambda m, t, keys, **more: m.remove_dimension(
        m.append_dimension(t, "keys", "z", 3, **more), "keys", "z", **more
    ),
    "rename_dimension": lambda m, t, keys, **more: m.rename_dimension(
        t, "samples", "a", "b", **more
    ),
    "rename_components": lambda m, t, keys, **more: m.rename_dimension(
        t, "components", "m", "b", **more
    ),
}


def check_info(function, m, tensor, keys):
    """Check that the info is only there if this is wanted, and does not belong to both tensors."""
    assert dict(function(m, tensor, keys).info()) == {}
    assert dict(function(m, tensor, keys, keep_info=False).info()) == {}
    before = dict(tensor.info())
    result = function(m, tensor, keys, keep_info=True)
    assert dict(result.info()) == before
    result.set_info("other", "new")
    assert dict(tensor.info()) == before
