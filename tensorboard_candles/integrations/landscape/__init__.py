"""Loss landscapes of models: `analysis.landscape` for PyTorch and Keras, here or over Ray.

Read in this order: `call` (the public function) with `progress_bar` and `code_of` (what names a model that
was seen before). A model of PyTorch is a `torch_network`, with `torch_batches` (its data), `torch_settled`
(left as it was), `torch_plane` (many points at once), `torch_constant` (what is the same at all of them) and
`torch_first` (what is computed once for all); one of Keras is a `keras_network`, with `keras_data`,
`keras_layers` and `keras_backends`. `over_ray` computes with all the machines of a cluster.
"""

from tensorboard_candles.integrations.landscape.call import landscape

__all__ = ["landscape"]
