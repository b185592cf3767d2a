"""The look: page shell, components, lists, forms; no business."""
