"""Gradients of gradients, for operations which are linear.

Where arrays are all that changes, these are put in a list: the values of each block, its gradients,
then the gradients of those, level by level.

For other operations, gradients of gradients become gradients of the values with more dimensions of
the samples: those of ``g/h`` contain the sample of the values, what describes the row of the
gradient ``g``, and what describes the row of its gradient ``h``. Linear operations treat them as
any other gradient, and then they are put back.
"""

from typing import List, Tuple

from ._backend import (
    Array,
    Labels,
    LabelsValues,
    TensorBlock,
    TensorMap,
    column_index,
    concatenate_columns,
    entries,
    gather,
    inverse_permutation,
    make_labels,
    merge_entries,
    select_entries,
    set_column,
    sort_rows,
    take_columns,
    take_entries,
    take_index,
    unique_rows,
)


def has_nested(block: TensorBlock) -> bool:
    """Whether a block has gradients of gradients."""
    for parameter in block.gradients_list():
        if len(block.gradient(parameter).gradients_list()) != 0:
            return True
    return False


def nested_leaves(blocks: List[TensorBlock]) -> List[Array]:
    """All arrays of the blocks, those of gradients of gradients included."""
    arrays: List[Array] = []
    for block in blocks:
        for part in _parts(block)[0]:
            arrays.append(part.values)
    return arrays


def with_nested_leaves(tensor: TensorMap, arrays: List[Array]) -> TensorMap:
    """Tensor with the same labels, and other arrays of the same shapes."""
    return TensorMap(tensor.keys, blocks_with_nested_leaves(tensor.blocks(), arrays))


def blocks_with_nested_leaves(blocks: List[TensorBlock], arrays: List[Array]) -> List[TensorBlock]:
    """Blocks with the same labels, and other arrays of the same shapes."""
    output: List[TensorBlock] = []
    first = 0
    for block in blocks:
        parts, parents, names = _parts(block)
        new: List[TensorBlock] = []
        for i, part in enumerate(parts):
            values = arrays[first + i]
            new.append(TensorBlock(values, part.samples, part.components, part.properties))
        first += len(parts)
        # what comes last has no gradients
        for k in range(len(parts)):
            i = len(parts) - 1 - k
            for j, parent in enumerate(parents):
                if parent == i:
                    new[i].add_gradient(names[j], new[j])
        output.append(new[0])
    return output


def _parts(block: TensorBlock) -> Tuple[List[TensorBlock], List[int], List[str]]:
    # the block and all gradients, what they are the gradients of (-1 for the block), their names
    parts = [block]
    parents = [-1]
    names = [""]
    i = 0
    while i < len(parts):
        for parameter in parts[i].gradients_list():
            parts.append(parts[i].gradient(parameter))
            parents.append(i)
            names.append(parameter)
        i += 1
    return parts, parents, names


def flattened(tensor: TensorMap) -> TensorMap:
    """Tensor whose gradients of gradients are gradients of the values."""
    blocks: List[TensorBlock] = []
    for block in tensor.blocks():
        blocks.append(_flatten_block(block))
    return TensorMap(tensor.keys, blocks)


def restored(tensor: TensorMap, descending: bool = False) -> TensorMap:
    """The inverse of :py:func:`flattened`.

    :param descending: put the samples of gradients of gradients in descending order
    """
    blocks: List[TensorBlock] = []
    for block in tensor.blocks():
        blocks.append(_restore_block(block, descending))
    return TensorMap(tensor.keys, blocks)


def _flatten_block(block: TensorBlock) -> TensorBlock:
    new = TensorBlock(block.values, block.samples, block.components, block.properties)
    # gradients, names of these, and samples which start with those of the values
    gradients: List[TensorBlock] = []
    paths: List[str] = []
    samples: List[Labels] = []
    for parameter in block.gradients_list():
        gradient = block.gradient(parameter)
        gradients.append(gradient)
        paths.append(parameter)
        samples.append(gradient.samples)
    i = 0
    while i < len(gradients):
        gradient, path = gradients[i], paths[i]
        part = TensorBlock(gradient.values, samples[i], gradient.components, gradient.properties)
        new.add_gradient(path, part)
        for parameter in gradient.gradients_list():
            nested = gradient.gradient(parameter)
            gradients.append(nested)
            paths.append(f"{path}/{parameter}")
            samples.append(_flatten_samples(samples[i], nested.samples))
        i += 1
    return new


def _flatten_samples(parent: Labels, labels: Labels) -> Labels:
    # the first columns are those of the parent, under names which nobody uses
    names = ["sample"]
    for i in range(1, len(parent.names)):
        names.append(f"__parent_{i}")
    kept = list(range(1, len(labels.names)))
    for i in kept:
        names.append(labels.names[i])
    rows = take_entries(entries(parent), column_index(labels, "sample"))
    values = concatenate_columns([rows, take_columns(entries(labels), kept)])
    return make_labels(names, values, labels, True)


def _restore_block(block: TensorBlock, descending: bool) -> TensorBlock:
    paths = block.gradients_list()
    gradients: List[TensorBlock] = []
    # new positions of the rows of each of them, if there are any
    moved: List[List[LabelsValues]] = []
    for path in paths:
        gradient = block.gradient(path)
        parent = path.rpartition("/")[0]
        samples, values = gradient.samples, gradient.values
        new_positions: List[LabelsValues] = []
        if parent in paths:
            samples = _restore_samples(
                block.gradient(parent).samples, samples, moved[paths.index(parent)]
            )
            if descending:
                order = sort_rows(entries(samples), True)
                samples = select_entries(samples, order, True)
                values = gather(values, order, 0)
                new_positions.append(inverse_permutation(order))
        moved.append(new_positions)
        gradients.append(TensorBlock(values, samples, gradient.components, gradient.properties))
    # those of the deepest levels are in the end
    for k in range(len(paths)):
        i = len(paths) - 1 - k
        children: List[int] = []
        for j in range(len(paths)):
            if paths[j].rpartition("/")[0] == paths[i]:
                children.append(j)
        for j in children:
            gradients[i].add_gradient(paths[j].rpartition("/")[2], gradients[j])
    new = TensorBlock(block.values, block.samples, block.components, block.properties)
    for i, path in enumerate(paths):
        if path.rpartition("/")[0] not in paths:
            new.add_gradient(path, gradients[i])
    return new


def _restore_samples(parent: Labels, labels: Labels, moved: List[LabelsValues]) -> Labels:
    # position of each row in the gradient which it is the gradient of
    values = entries(labels)
    size = len(parent.names)
    rows, groups = unique_rows(take_columns(values, list(range(size))))
    _, mappings = merge_entries([parent, make_labels(parent.names, rows, labels, True)])
    positions = take_index(mappings[1], groups)
    for one in moved:
        positions = take_index(one, positions)
    names = ["sample"]
    names.extend(labels.names[size:])
    columns = [0] + list(range(size, len(labels.names)))
    return make_labels(names, set_column(take_columns(values, columns), 0, positions), labels, True)
